package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"s1bot/bot/setup"
	"s1bot/commands"
)

type commandsCmd struct {
	JSON bool `name:"json" help:"As JSON."`
}

// Run prints the catalog.
func (c commandsCmd) Run(std streams) error {
	catalog := commands.Known()
	if c.JSON {
		body, err := catalog.JSON()
		if err != nil {
			return err
		}
		_, err = std.out.Write(append(body, '\n'))
		return err
	}
	w := tabwriter.NewWriter(std.out, 0, 4, 2, ' ', 0)
	for _, cmd := range catalog.Commands() {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", cmd.Name, cmd.Risk, strings.Join(cmd.Aliases, ", "), cmd.Summary())
	}
	return w.Flush()
}

type manifestCmd struct{}

// Run prints the Slack app manifest.
func (manifestCmd) Run(std streams) error {
	body, err := setup.Manifest(commands.Known())
	if err != nil {
		return err
	}
	_, err = std.out.Write(body)
	return err
}
