package plain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/text"
)

// What a pronoun means is what the sentence before it is about, or the only thing that it can mean; where two could be meant nothing is read.
func TestAPronounMeansWhatWasToldOf(t *testing.T) {
	t.Parallel()
	_, r := grammar(t)
	for sentence, means := range map[string]string{
		"MUC-NB-8 is behaving strangely. Could you scan it, please?":                                            `initiate-scan {"agent-ids":["MUC-NB-8"]} MUC-NB-8 is behaving strangely`,
		"WS-1 and WS-2 are clean, let both back on the network":                                                 `connect-agent-to-network {"agent-ids":["WS-1","WS-2"]} WS-1 and WS-2 are clean`,
		"the helpdesk called about WS-1, would you mind scanning it?":                                           `initiate-scan {"agent-ids":["WS-1"]} the helpdesk called about WS-1`,
		"There is a strange process on WS-1, please isolate the machine":                                        `disconnect-agent-from-network {"agent-ids":["WS-1"]} There is a strange process on WS-1`,
		"WS-1 was cleaned by the desktop team, kindly reconnect the same":                                       `connect-agent-to-network {"agent-ids":["WS-1"]} WS-1 was cleaned by the desktop team`,
		"I got 2927b4649cf4307f990009a16d33a38ceea4c866 from a partner in Bonn, is it known to be bad?":         `get-hash-reputations {"file-hashes":["2927b4649cf4307f990009a16d33a38ceea4c866"]} `,
		"alert 2202223334445556661 was an attack, so true positive it is":                                       `update-alert-analyst-verdict {"alert-ids":["2202223334445556661"],"analyst-verdict":"true_positive"} alert 2202223334445556661 was an attack`,
		"I'd say that threat 2101112223334445556 is suspicious, please mark it as such":                         `update-threat-analyst-verdict {"analyst-verdict":"suspicious","threat-ids":["2101112223334445556"]} `,
		"2101112223334445556 and 2101112223334445557 are done from my side, set the status of both to resolved": `update-incident-status {"status":"resolved","threat-ids":["2101112223334445556","2101112223334445557"]} 2101112223334445556 and 2101112223334445557 are done from my side`,
	} {
		p, err := r.Read(sentence, text.Input{Now: now})
		require.NoError(t, err, sentence)
		require.Equal(t, means, p.Do.Command+" "+string(p.Do.Args)+" "+p.Extras.Reason, sentence)
	}
}

// A sentence behind a question that only tells is left out, and none that narrows it down.
func TestARemarkSaysNothingOfWhatIsAsked(t *testing.T) {
	t.Parallel()
	_, r := grammar(t)
	alone, err := r.Read("show the threats on WS-1", text.Input{Now: now})
	require.NoError(t, err)
	for _, remark := range []string{
		". The auditor wants to know", ", I think they belong together", "; my boss is asking", ". I'm writing the handover", " - the customer called", "? We got a tip from the CERT", ", it looks odd", ". Somebody complained",
	} {
		p, err := r.Read("show the threats on WS-1"+remark, text.Input{Now: now})
		require.NoError(t, err, remark)
		require.Equal(t, alone, p, remark)
	}
	refused(t, r, "show the threats on WS-1. I want the newest", "show the threats on WS-1, the rest is boring", "show the threats on WS-1. We saw them yesterday", "show the threats on WS-1. WS-2 is bad", "show the threats on WS-1. Paris is affected")
}
