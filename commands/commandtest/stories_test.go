package commandtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"s1bot/commands/catalog"
	"s1bot/render"
)

// health is a command that no area has.
func health() []*catalog.Command {
	return []*catalog.Command{catalog.Define(catalog.Command{Name: "health", Title: "Health", Risk: catalog.Read},
		func(ctx context.Context, call *catalog.Call, _ struct{}) (render.Card, error) {
			status, err := call.Console.SystemStatus(ctx)
			if err != nil {
				return render.Card{}, fmt.Errorf("read the health: %w", err)
			}
			return render.Card{Title: "Health", Text: status.Health}, nil
		})}
}

const asked = "-- slash --\nhealth\n-- answer GET system/status --\n{\"data\":{\"health\":\"ok\"}}\n"

// What a person writes of a story is kept; what comes of it is written beneath, once, and the same again.
func TestWhatIsMissingFromAStoryIsWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "health.txtar")
	archive := txtar.Parse([]byte(asked))
	console := newCannedConsole(t, archive)
	s := story{catalog: Catalog(t, health()...), call: console.call(t), got: map[string]string{}}
	s.tell(t, commandOf(file), archive)
	s.got["requests"] = console.requests()
	console.requireUsed(t)
	rewrite(t, file, archive, golden, s.got)

	written, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(written), asked)
	require.Contains(t, string(written), "-- requests --\nGET system/status\n")
	require.Contains(t, string(written), "-- card --\nHealth")
	tell(t, Catalog(t, health()...), file)
	require.Equal(t, coverage{card: true}, coverage{}.with(t, file), "neither a form nor a failure is told")
}

// A console of canned answers takes no request that the story does not have.
func TestARequestWithoutAnAnswerIsAnError(t *testing.T) {
	t.Parallel()
	console := newCannedConsole(t, txtar.Parse([]byte("-- answer GET agents --\n{}\n")))
	_, err := console.call(t).Console.SystemStatus(t.Context())
	require.ErrorContains(t, err, "the story has no answer to GET system/status here")
}

func TestASessionTalksToASimulatedConsole(t *testing.T) {
	t.Parallel()
	_, s := WithAgents(t, Catalog(t, health()...), "DESKTOP-1")
	require.Equal(t, "ok", s.Card("health").Text)
	s.Refused("no-such-command", "there is no command")
}
