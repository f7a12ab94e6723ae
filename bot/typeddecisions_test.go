package bot

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWordsThatDecideStandAloneInMessages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		builtin, rest string
		alone         bool
	}{
		{"approve", "A-7F3A", true}, {"approve", "a-7f3a", true}, {"approve", "`A-7F3A`", true}, {"approve", "*A-7F3A*.", true}, {"approve", "A-7F3A!", true},
		{"approve", "A-7F3A? never, deny it", false}, {"approve", "A-7F3A?", false}, {"approve", "A-7F3A not yet", false}, {"approve", "or deny A-7F3A", false},
		{"approve", "A-7F3A A-7F3B", false}, {"approve", "", false}, {"approve", "A-7F3A\nplease", false}, {"approve", "&gt; A-7F3A", false}, {"approve", "A-7F3A reason=x", false},
		{"deny", "A-7F3A", true}, {"deny", `A-7F3A reason="not today"`, true}, {"deny", "A-7F3A reason=“not today”", true}, {"deny", "A-7F3A reason=test", true},
		{"deny", "A-7F3A and approve the other", false}, {"deny", `A-7F3A reason="x" or not`, false}, {"deny", "A-7F3A reason=not today", false}, {"deny", "it", false},
		{"freeze", "", true}, {"freeze", `reason="ransomware at HQ"`, true}, {"freeze", "REASON=test", true}, {"freeze", "!", true},
		{"freeze", "everything?", false}, {"freeze", "reason=test but not now", false}, {"freeze", "ransomware at HQ", false},
		{"thaw", "", true}, {"thaw", ".", true}, {"thaw", "it", false}, {"thaw", "reason=x", false},
		{"withdraw", "A-7F3A", true}, {"withdraw", "A-7F3A please", false}, {"again", "A-7F3A", true}, {"again", "and again", false},
		{"close", `A-7F3A reason="it ran"`, true}, {"close", "A-7F3A it ran", false},
		{"extend", "A-7F3A for=4h", true}, {"extend", "A-7F3A 4h", true}, {"extend", "A-7F3A for=4 hours", true}, {"extend", "A-7F3A", true}, {"extend", "A-7F3A for=4h? no", false},
		{"extend", "A-7F3A for 4h please", true}, {"extend", "A-7F3A for another 2 days, thanks.", true}, {"extend", "A-7F3A not for 4h", false}, {"extend", "A-7F3A for 4h please not", false},
		{"help", "anything at all", true}, {"history", "", true}, {"can", "isolate X", true},
	} {
		require.Equal(t, c.alone, allWords()[c.builtin].standsAlone(c.rest), c.builtin+" "+c.rest)
	}
}

// Who talks about a decision that is not theirs gets no button for it.
func TestAnOfferHasTheButtonsThatAreTheirs(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	_, ref := k.asks()
	for user, words := range map[string]string{bob: "Approve Deny", alice: "Withdraw", dave: ""} {
		said := k.writes(user, "", "I think we should approve "+ref)
		for _, word := range []string{"Approve", "Deny", "Withdraw"} {
			require.Equal(t, strings.Contains(words, word), strings.Contains(said.Get("blocks"), `"text":"`+word+`"`), user+" "+word)
		}
	}
	k.types(bob, "freeze drill")
	require.NotContains(t, k.writes(dave, "", "please thaw it").Get("blocks"), `"text":"Thaw"`)
	require.Contains(t, k.writes(carol, "", "please thaw it").Get("blocks"), `"text":"Thaw"`)
}

// Words around a decision decide nothing; the reason among them is kept for whoever clicks.
func TestAReasonThatWasTypedIsKept(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	_, ref := k.asks()
	offer := k.writes(bob, "", "please deny "+ref+", because that is the CEO's laptop").has("nothing was decided")
	form := k.clicks(bob, offer, "Deny")
	require.Contains(t, form.Get("view"), "that is the CEO's laptop")
	k.sends(bob, form, nil)
	req, err := k.bot.Ledger.Get(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, "that is the CEO's laptop", req.Closed.Reason)
	freeze := k.writes(bob, "", "please freeze everything, the account of alice was stolen").has("nothing was decided", "Reason, if you click:", "the account of alice was stolen")
	k.clicks(bob, freeze, "Freeze")
	frozen, _, err := k.bot.Ledger.Frozen(t.Context())
	require.NoError(t, err)
	require.Equal(t, "the account of alice was stolen", frozen.Reason)
}

func TestAReasonInASentence(t *testing.T) {
	t.Parallel()
	for rest, want := range map[string]string{
		"": "", "it": "", ", please": "", "because not today": "not today", ": “too many hosts”": "too many hosts", "everything? no": "no", "reason=“x y”": "x y", "due to an outage, all of it": "an outage, all of it",
	} {
		require.Equal(t, want, reasonIn(rest), rest)
	}
}
