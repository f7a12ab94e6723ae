package commands_test

import (
	"testing"

	"s1bot/commands"
	"s1bot/commands/commandtest"
	"s1bot/s1/s1sim"
)

// office is a console in which nothing has happened yet, and a session at it.
func office(t testing.TB) (*s1sim.Console, *commandtest.Session) {
	return commandtest.New(t, commands.All(), s1sim.Options{Empty: true})
}
