package plain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/plain"
	"s1bot/commands/text"
)

// What people put around a request says nothing of it: in every frame a request means what it means alone. %s is the request as an order, %i what somebody
// is asked to be doing, %n what somebody wants to have.
func TestARequestMeansTheSameInEveryFrame(t *testing.T) {
	t.Parallel()
	_, r := grammar(t)
	frames := []string{
		"could you %s", "Could you possibly %s?", "would you please %s?", "can someone from the SOC please %s", "could anyone quickly %s", "will you kindly %s", "Hello! Could you %s, please?",
		"would you mind to %s?", "Would you mind %i?", "do you mind %i please", "would somebody mind %i", "I would need that you %s", "I'd need you to %s please", "we'd like you to %s",
		"I'd really appreciate it if you could %s", "I would be very grateful if someone could %s", "it'd be great if you could %s", "Would be lovely if you could %s", "it would be good if someone could just %s",
		"I was hoping you could %s", "I was wondering if you could %s", "just wondering whether you could possibly %s", "I wonder if someone could %s", "do you think you could %s?", "is there any chance you could %s?",
		"any chance that someone can %s", "any chance of %i?", "may I ask you to %s", "could I bother you to %s", "I'm requesting you to kindly %s", "need your help to %s", "need your kind support in %i",
		"please help me to %s", "kindly assist in %i", "please do the needful to %s", "please do the needful by %i", "please be so kind and %s", "would you be so kind as to %s", "do me a favour and %s", "you can %s now", "feel free to %s",
		"if you don't mind, %s", "when you have a minute please %s", "please %s as soon as you can", "%s when you have a moment", "%s, if that's possible", "%s if it's not too much trouble", "%s. That would be great!",
		"%s, could you please", "%s, thank you so much for your help", "could you please %s at your earliest convenience", "Let's %s", "ok, let's %s then", "%s. Have a nice evening!", "%s, let me know when it's done",
	}
	for _, request := range []struct{ order, doing, means string }{
		{"isolate WS-LON-14", "isolating WS-LON-14", "disconnect-agent-from-network"}, {"take WS-LON-14 off the network", "taking WS-LON-14 off the network", "disconnect-agent-from-network"},
		{"put WS-LON-14 back on the network", "putting WS-LON-14 back on the network", "connect-agent-to-network"}, {"scan WS-LON-14", "scanning WS-LON-14", "initiate-scan"},
		{"show the notes on threat 2101112223334445556", "showing the notes on threat 2101112223334445556", "get-threat-notes"}, {"pull up the active sites", "pulling up the active sites", "get-sites"},
		{"kill evil.exe on WS-LON-14", "killing evil.exe on WS-LON-14", "kill-processes"}, {"disable the rule 'Rclone upload'", "disabling the rule 'Rclone upload'", "disable-star-custom-rules"},
	} {
		alone, err := r.Read(request.order, text.Input{Now: now})
		require.NoError(t, err, request.order)
		require.Equal(t, request.means, alone.Do.Command, request.order)
		for i, frame := range frames {
			if i%share > 0 {
				continue
			}
			sentence := strings.NewReplacer("%s", request.order, "%i", request.doing).Replace(frame)
			requireSame(t, r, alone, sentence)
		}
	}
}

func requireSame(t *testing.T, r *plain.Reader, alone plain.Proposal, sentence string) {
	t.Helper()
	p, err := r.Read(sentence, text.Input{Now: now})
	require.NoError(t, err, sentence)
	require.Equal(t, alone, p, sentence)
}

// So does what somebody wants to have.
func TestWhatSomebodyWantsToHaveIsReadInEveryFrame(t *testing.T) {
	t.Parallel()
	_, r := grammar(t)
	for _, thing := range []string{"the notes on threat 2101112223334445556", "the details of WS-LON-14", "the full analysis of threat 2101112223334445556", "the list of active sites", "the unresolved alerts since yesterday"} {
		alone, err := r.Read("show me "+thing, text.Input{Now: now})
		require.NoError(t, err, thing)
		for _, frame := range []string{
			"could I get %n", "May I have %n, please?", "could we possibly have %n", "might I see %n", "can I have a look at %n", "let's have a quick look at %n", "I'd love to see %n", "we'd be interested in %n", "I could use %n",
			"I'm going to need %n", "I'd like to ask for %n", "may I ask for %n", "would you show me %n", "my manager wants to see %n",
		} {
			sentence := strings.ReplaceAll(frame, "%n", thing)
			requireSame(t, r, alone, sentence)
		}
	}
}

// Why something is done may have no word for it, and no more than that is left to courtesy: what a reason ends in is part of it.
func TestAPrecautionIsAReason(t *testing.T) {
	t.Parallel()
	_, r := grammar(t)
	for sentence, reason := range map[string]string{
		"isolate WS-LON-14 just to be sure": "just to be sure", "Let's isolate WS-LON-14, just for being sure": "just for being sure", "isolate WS-LON-14 as a precaution please": "as a precaution",
		"isolate WS-LON-14 to be on the safe side": "to be on the safe side", "isolate WS-LON-14, to be safe, it beacons": "to be safe, it beacons", "isolate WS-LON-14 to stop the spread": "to stop the spread",
		"isolate WS-LON-14 for the sake of security": "for the sake of security", "isolate WS-LON-14, just in case": "just in case", "isolate WS-LON-14, I have the green light from the boss": "I have the green light from the boss",
		"isolate WS-LON-14, boss": "",
	} {
		p, err := r.Read(sentence, text.Input{Now: now})
		require.NoError(t, err, sentence)
		require.Equal(t, "disconnect-agent-from-network", p.Do.Command, sentence)
		require.Equal(t, reason, p.Extras.Reason, sentence)
	}
}
