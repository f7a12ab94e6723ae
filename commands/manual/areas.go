package manual

import (
	"cmp"
	"slices"

	"s1bot/commands/catalog"
)

// An Area is one of the catalog's, with the names of its commands for daily use. App Home and the
// palette show them.
type Area struct {
	Name, Title string
	Names       []string
}

// Areas are the catalog's, in its order. The first alias is what people type; who has none is typed
// by its name.
func Areas(c *catalog.Catalog) []Area { return AreasOf(c.Commands()) }

// AreasOf are those of some commands.
func AreasOf(commands []*catalog.Command) []Area {
	var areas []Area
	for _, cmd := range commands {
		at := slices.IndexFunc(areas, func(a Area) bool { return a.Name == cmd.Area })
		if at < 0 {
			at, areas = len(areas), append(areas, Area{Name: cmd.Area, Title: AreaTitle(cmd.Area)})
		}
		alias := ""
		if len(cmd.Aliases) > 0 {
			alias = cmd.Aliases[0]
		}
		areas[at].Names = append(areas[at].Names, cmp.Or(alias, cmd.Name))
	}
	return areas
}
