package slash

import (
	"errors"
	"fmt"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// Validate tells which examples do not mean their command, or not the same once they are written back. A test runs it.
func Validate(c *catalog.Catalog) error {
	var problems []error
	for _, cmd := range c.Commands() {
		for _, example := range cmd.Examples {
			for _, problem := range checkExample(c, cmd, example) {
				problems = append(problems, fmt.Errorf("%s: %s", cmd.Name, problem))
			}
		}
	}
	return errors.Join(problems...)
}

// checkExample parses an example, and what Line makes of it, which must mean the same.
func checkExample(c *catalog.Catalog, cmd *catalog.Command, example string) []string {
	in := text.Input{Now: time.Date(2026, 11, 22, 19, 0, 0, 0, time.UTC)}
	inv, extras, err := Parse(c, example, in)
	switch {
	case err != nil:
		return []string{fmt.Sprintf("example %q: %v", example, err)}
	case inv.Command != cmd.Name:
		return []string{fmt.Sprintf("example %q is of %s", example, inv.Command)}
	case cmd.NeedsReason() && extras.Reason == "":
		return []string{fmt.Sprintf("example %q has no reason", example)}
	}
	again, _, err := Parse(c, Line(cmd, inv.Args), in)
	if err != nil || string(again.Args) != string(inv.Args) {
		return []string{fmt.Sprintf("example %q comes back as %s: %v", example, again.Args, err)}
	}
	return nil
}
