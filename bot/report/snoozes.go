package report

import (
	"context"
	"fmt"
	"time"

	"s1bot/render"
)

// reportSnoozes is how many snoozes a report names at most; it says so where there are more.
const reportSnoozes = 10

// A Snooze keeps some notifications quiet. The next shift has to know: what it silences, nobody
// hears of.
type Snooze struct {
	What   string // in words: "host DESKTOP-1", "file evil.exe"
	By     string // Slack user id
	Reason string // may be empty
	Until  time.Time
}

// snoozed reads what is quiet now.
func (r Shifts) snoozed(ctx context.Context) ([]Snooze, error) {
	if r.Snoozes == nil {
		return nil, nil
	}
	quiet, err := r.Snoozes(ctx)
	if err != nil {
		return nil, fmt.Errorf("list snoozes: %w", err)
	}
	return quiet, nil
}

// snoozedPart is a line for each snooze, the one that ends next first.
func snoozedPart(quiet []Snooze) (parts []render.Part) {
	for _, s := range quiet[:min(len(quiet), reportSnoozes)] {
		line := render.Line{render.Text("🔕 "), render.Bold(s.What), render.Text(" snoozed by "), render.User(s.By), render.Text(" until "), render.At(s.Until)}
		if s.Reason != "" {
			line = append(line, render.Text(": "+s.Reason))
		}
		parts = append(parts, line)
	}
	if more := len(quiet) - len(parts); more > 0 {
		parts = append(parts, render.Note{render.Text(fmt.Sprintf("… and %d more snoozed: /s1 snoozes", more))})
	}
	return parts
}
