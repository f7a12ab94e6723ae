// Package commands is the list of everything the bot can do to a console. What a command is,
// package catalog says; how names become ids, package lookup; the commands themselves stand in the
// packages of their areas, none of which knows another.
package commands

import (
	"fmt"
	"slices"
	"sync"

	"s1bot/commands/admin"
	"s1bot/commands/alerts"
	"s1bot/commands/catalog"
	"s1bot/commands/endpoints"
	"s1bot/commands/files"
	"s1bot/commands/hunts"
	"s1bot/commands/lists"
	"s1bot/commands/lookup"
	"s1bot/commands/rules"
	"s1bot/commands/threats"
)

// All returns the catalog of everything the bot can do.
func All() *catalog.Catalog {
	c, err := catalog.New(lookup.All(), all()...)
	if err != nil {
		panic(fmt.Sprintf("commands: the catalog is broken: %v", err))
	}
	return c
}

// known is made once: a catalog costs some milliseconds, and a start asks for names at several places.
var known = sync.OnceValue(All)

// Known is a catalog for whoever asks what commands there are and runs none of them. All who ask share it.
func Known() *catalog.Catalog { return known() }

// all lists every command, area by area, in the order in which people see them.
func all() []*catalog.Command {
	return slices.Concat(
		endpoints.Commands(), threats.Commands(), alerts.Commands(), hunts.EventCommands(), admin.Commands(), hunts.Commands(), rules.Commands(), lists.Commands(), files.Commands(),
	)
}
