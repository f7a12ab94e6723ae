package policyfile

import (
	"io/fs"
	"os"
	"strings"
	"time"

	"s1bot/commands/text"
)

// zoneTable is where machines keep their time zones. The table in the binary cannot be listed, so
// where there is none, none is offered.
const zoneTable = "/usr/share/zoneinfo"

// zoneMeant offers the time zones that were probably meant by the last word of a value, where that
// is none.
func zoneMeant(value string) string {
	words := strings.Fields(value)
	if len(words) == 0 {
		return ""
	}
	zone := words[len(words)-1]
	if _, err := time.LoadLocation(zone); err == nil || strings.ContainsAny(zone, ":") {
		return ""
	}
	var zones []string
	_ = fs.WalkDir(os.DirFS(zoneTable), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.Contains(path, "/") && path[0] >= 'A' && path[0] <= 'Z' {
			zones = append(zones, path)
		}
		return nil
	})
	return text.Suggestion(text.Nearest(zone, zones))
}
