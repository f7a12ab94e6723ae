package plain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/plain"
)

// A phrase is the whole sentence, with or without politeness around it; what follows it keeps its spelling.
func TestAPhraseIsAWholeSentence(t *testing.T) {
	t.Parallel()
	p := plain.MustPhrases("what can you do [here]", "help me", "<show> roles", "(can|may) i {rest}")
	for sentence, want := range map[string]string{
		"What can you do?": "", "hey bot, what can you do here, please?": "", "help me!": "", "please show me the roles": "", "roles": "",
		"can I isolate DESKTOP-1 for 4h": "isolate DESKTOP-1 for 4h", "May I run “this”?": "run “this”",
	} {
		rest, ok := p.Fit(plain.ReadSentence(sentence))
		require.True(t, ok, sentence)
		require.Equal(t, want, rest, sentence)
	}
	for _, sentence := range []string{"", "what can you do about DESKTOP-1", "help me isolate DESKTOP-1", "can I", "don't show roles", "what"} {
		_, ok := p.Fit(plain.ReadSentence(sentence))
		require.False(t, ok, sentence)
	}
	orders := plain.MustPhrases("can i {order}")
	for sentence, want := range map[string]bool{"can I isolate DESKTOP-1": true, "can I get the open threats": false, "can I see DESKTOP-1": false} {
		_, ok := orders.Fit(plain.ReadSentence(sentence))
		require.Equal(t, want, ok, sentence)
	}
	require.Equal(t, "can do help here i", plain.MustPhrases("help", "can i do [here]").Words())
	_, err := plain.ReadPhrases("fine", "what (can you do")
	require.ErrorContains(t, err, "what (can you do")
	require.Panics(t, func() { plain.MustPhrases("(") })
}

func TestWhoAsksPolitelyAsksForSomething(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{"can you isolate DESKTOP-1": true, "Could you please report": true, "can isolate DESKTOP-1": false, "can i isolate DESKTOP-1": false, "please report": false} {
		require.Equal(t, want, plain.Courteous(line), line)
	}
	for line, want := range map[string]string{"please freeze, all of it": "freeze, all of it", "Can you  “do” this": "“do” this", "please": "please"} {
		require.Equal(t, want, plain.Plainly(line), line)
	}
}
