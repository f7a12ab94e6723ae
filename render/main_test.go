package render_test

import (
	"os"
	"testing"

	"s1bot/commands"
	"s1bot/render"
)

// TestMain gives the tests of cards the actions of the real commands, which this package does not know.
func TestMain(m *testing.M) {
	render.ActionsOfCommands(commands.All().CardActions())
	os.Exit(m.Run())
}
