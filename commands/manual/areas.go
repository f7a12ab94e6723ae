package manual

import (
	"cmp"

	"s1bot/commands/catalog"
)

// An Area is one of the catalog's, with the names of its commands for daily use.
type Area struct {
	Name, Title string
	Names       []string
}

// Areas are the catalog's, in its order.
func Areas(c *catalog.Catalog) []Area {
	var areas []Area
	for _, cmd := range c.Commands() {
		if len(areas) == 0 || areas[len(areas)-1].Name != cmd.Area {
			areas = append(areas, Area{Name: cmd.Area, Title: areaTitle(cmd.Area)})
		}
		alias := ""
		if len(cmd.Aliases) > 0 {
			alias = cmd.Aliases[0]
		}
		last := &areas[len(areas)-1]
		last.Names = append(last.Names, cmp.Or(alias, cmd.Name))
	}
	return areas
}
