package plain_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/plain"
	"s1bot/commands/slash"
	"s1bot/commands/text"
)

// now is a Wednesday afternoon.
var now = time.Date(2026, 11, 25, 15, 0, 0, 0, time.UTC)

// A row is a sentence that an analyst writes, with the command line that means the same; "refused" where it must not be read.
type row struct{ sentence, means string }

func rows(t *testing.T, file string) (all []row) {
	f, err := os.Open("testdata/" + file)
	require.NoError(t, err)
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		sentence, means, ok := strings.Cut(lines.Text(), "\t")
		require.True(t, ok, "no tab in %q", lines.Text())
		all = append(all, row{sentence, strings.TrimSpace(means)})
	}
	return all
}

// meaning is an invocation in a spelling of its own, so that lists of one are the same as the one: the console takes both.
func meaning(t *testing.T, inv catalog.Invocation, x catalog.Extras) string {
	var args map[string]any
	require.NoError(t, json.Unmarshal(inv.Args, &args))
	body, err := json.Marshal([]any{inv.Command, flat(args), x})
	require.NoError(t, err)
	return string(body)
}

func flat(v any) any {
	switch v := v.(type) {
	case []any:
		if len(v) == 1 {
			return flat(v[0])
		}
		for i := range v {
			v[i] = flat(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = flat(v[key])
		}
	}
	return v
}

// judge tells how a sentence was read: right, refused, or wrong.
func judge(t *testing.T, c *catalog.Catalog, r *plain.Reader, row row) (verdict, got, want string) {
	in := text.Input{Now: now}
	want = "refused"
	if !strings.HasPrefix(row.means, "refused") {
		inv, x, err := slash.Parse(c, row.means, in)
		var missing *catalog.MissingError
		if errors.As(err, &missing) {
			inv = missing.Given
		} else {
			require.NoError(t, err, "the meaning of %q", row.sentence)
		}
		want = meaning(t, inv, x)
	}
	p, err := r.Read(row.sentence, in)
	switch {
	case err != nil && want == "refused":
		return "right", "refused", want
	case err != nil:
		return "refused", err.Error(), want
	}
	if got = meaning(t, p.Do, p.Extras); got == want {
		return "right", got, want
	}
	return "wrong", got, want
}

// Of the sentences that analysts write nine in ten mean what they mean, and none anything else. The first file was written with the
// grammar, the others by people who had not seen it.
func TestSentencesMeanTheirCommand(t *testing.T) {
	t.Parallel()
	c := commands.All()
	r, err := plain.New(c)
	require.NoError(t, err)
	for _, file := range []string{"sentences.tsv", "fresh.tsv", "outsider.tsv"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			counts := map[string]int{}
			all := rows(t, file)
			for _, row := range all {
				verdict, got, want := judge(t, c, r, row)
				counts[verdict]++
				if verdict != "right" {
					t.Logf("%s: %s\n  read as  %s\n  means    %s", verdict, row.sentence, got, want)
				}
			}
			t.Logf("right %d, refused %d, wrong %d of %d", counts["right"], counts["refused"], counts["wrong"], len(all))
			require.Zero(t, counts["wrong"])
			require.GreaterOrEqual(t, counts["right"]*10, len(all)*9)
		})
	}
}

// These were written by people who knew the list of commands alone, and the grammar was not fitted to them: half is refused. None is taken
// for something else, which matters more: a threat's id is no endpoint, an alert's verdict is no threat's, a host is no site.
func TestSentencesOfStrangersAreNotTakenForSomethingElse(t *testing.T) {
	t.Parallel()
	c := commands.All()
	r, err := plain.New(c)
	require.NoError(t, err)
	counts := map[string]int{}
	for _, row := range rows(t, "strangers.tsv") {
		verdict, got, want := judge(t, c, r, row)
		counts[verdict]++
		require.NotEqual(t, "wrong", verdict, "%s is read as %s and means %s", row.sentence, got, want)
	}
	require.Greater(t, counts["right"], counts["refused"]/2, counts)
	t.Log(counts)
}

// What people write around a change to say the opposite, a condition or another time is never dropped: such sentences are refused, but
// for "stop isolating", which is a command of its own.
func TestNegatedChangesAreRefused(t *testing.T) {
	t.Parallel()
	c := commands.All()
	r, err := plain.New(c)
	require.NoError(t, err)
	in, changes := text.Input{Now: now}, 0
	for _, row := range append(rows(t, "sentences.tsv"), rows(t, "fresh.tsv")...) {
		p, err := r.Read(row.sentence, in)
		if err != nil {
			continue
		}
		cmd, _ := c.Find(p.Do.Command)
		if cmd.Risk == catalog.Read {
			continue
		}
		changes++
		for _, turned := range []string{"please do not %s", "Don’t %s", "never %s", "should we %s", "if it is bad %s", "%s unless it is a server", "%s? never mind"} {
			sentence := strings.ReplaceAll(turned, "%s", row.sentence)
			p, err := r.Read(sentence, in)
			require.Error(t, err, "%s is read as %s %s", sentence, p.Do.Command, p.Do.Args)
		}
	}
	require.Greater(t, changes, 50)
}

// What follows a comma is not understood; what stands before it is kept in the form that is offered, unless anything negates it.
func TestTheBeginningOfASentenceIsKeptInTheForm(t *testing.T) {
	t.Parallel()
	r, err := plain.New(commands.All())
	require.NoError(t, err)
	for sentence, kept := range map[string]bool{
		"please disconnect KIOSK from the network, it has malware": true, "please disconnect KIOSK from the network, it has no malware": false,
		"disconnect KIOSK from the network, that isn't needed": false, "disconnect KIOSK from the network, ok?": false, "disconnect KIOSK, later": false,
	} {
		_, err := r.Read(sentence, text.Input{Now: now})
		require.Error(t, err, "nothing is decided")
		require.Equal(t, kept, plain.Begins(err), sentence)
		var usage *catalog.UsageError
		if errors.As(err, &usage) && kept {
			require.JSONEq(t, `{"agent-ids":["KIOSK"]}`, string(usage.Offers[0].Do.Args))
			require.Contains(t, string(usage.Offers[0].Do.Said), "it has malware")
		}
	}
}

// A sentence that is made to have many readings takes no longer than others.
func TestASentenceWithoutEndIsNotRead(t *testing.T) {
	t.Parallel()
	r, err := plain.New(commands.All())
	require.NoError(t, err)
	for _, part := range []string{"open the latest ", "A-1 and ", "on A-1 in Paris "} {
		_, err = r.Read("show threats "+strings.Repeat(part, 25)+"so what", text.Input{Now: now})
		require.Error(t, err, part)
	}
}
