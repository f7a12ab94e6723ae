package cards

import (
	"fmt"
	"strings"

	"s1bot/render"
)

// A Thread is what the items under a card, which is the root of their thread, add up to. Add takes
// one after the other.
//
// Rows are added and forgotten; a storyline of a thousand threats costs a map of its hosts.
//
// Whoever posts replies fills it from the journal before the root is drawn again, so any process
// can.
type Thread struct {
	More  int // items under the root
	hosts map[string]bool
	worst DigestRow
}

// Add counts an item under the root for hosts and the worst state; More is the caller's, who knows
// what is told.
func (t *Thread) Add(r DigestRow) {
	if t.hosts == nil {
		t.hosts = map[string]bool{}
	}
	if host := said(r.Host); host != "" {
		t.hosts[host] = true
	}
	if r.Gravity > t.worst.Gravity {
		t.worst = r
	}
}

// over adds to the root's card what is under it: how many, on how many hosts, and the worst of all
// of them. A root that is dealt with does not look so while something worse is open below.
//
// Only the tone follows the worst of them; title and facts stay those of the root, whose card it
// is.
func over(c render.Card, t Thread, root DigestRow, what string) render.Card {
	if t.More == 0 {
		return c
	}
	t.Add(root)
	text := fmt.Sprintf("%d more %s", t.More, what)
	if n := len(t.hosts); n > 0 {
		text += " · " + counted(n, "host")
	}
	if state := joined(", ", t.worst.Level, t.worst.Status); state != "" {
		text += " · worst: " + strings.ToLower(state)
	}
	if t.worst.Gravity > root.Gravity {
		c.Tone = t.worst.Tone
	}
	c.Parts = append(c.Parts, render.Note{render.Text("🧵 " + text)})
	return c
}

// What makes an item grave, the weightiest first: that it is open, that it was not stopped, its
// level, and that nobody has begun with it.
//
// The steps are wide enough that no sum of lighter ones outweighs a heavier one: four levels of
// severity are 40.
const (
	graveOpen  = 100
	graveAlive = 50
	graveLevel = 10
	graveFresh = 1
)
