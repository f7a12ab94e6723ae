package catalog

import (
	"slices"
	"time"

	"s1bot/commands/text"
	"s1bot/render"
)

// timeKind reads moments; in the arguments they stand as RFC 3339 in UTC. UTC in the arguments
// makes a request mean the same to its approver in another time zone.
func timeKind() Kind {
	return Kind{
		Name: "time", Widget: render.DateTime, Hint: "2026-11-20 14:00, yesterday, -24h; in your time zone unless it names another: 14:00 UTC, +02:00, Europe/Berlin",
		Read: func(typed string, in text.Input) (any, error) {
			t, err := text.ReadTime(typed, in)
			if err != nil {
				return nil, err
			}
			return t.UTC().Format(time.RFC3339Nano), nil
		},
	}
}

// NeedsTimes tells whether a command must have a stretch of time.
func (cmd *Command) NeedsTimes() bool {
	required := func(name string) bool {
		return slices.ContainsFunc(cmd.Fields, func(f Field) bool { return f.Name == name && f.Required })
	}
	return required(StartParam) && required(EndParam)
}

// The stretch of time that a hunt looks at.
const (
	StartParam = "start-time"
	EndParam   = "end-time"
)
