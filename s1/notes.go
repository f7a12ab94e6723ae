package s1

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"unicode/utf8"
)

// A Note is what somebody wrote about a threat.
type Note struct {
	Row
	ID        NoteID `json:"id"`
	Text      string `json:"text"`
	Creator   string `json:"creator"`
	CreatorID string `json:"creatorId"`
	Edited    bool   `json:"edited"`
	CreatedAt Time   `json:"createdAt"`
	UpdatedAt Time   `json:"updatedAt"`
}

// The length of a note, in characters.
const (
	MinNote = 2
	MaxNote = 10_000
)

func (c *Client) notes(id ThreatID) (list[Note], error) {
	l := list[Note]{client: c, call: call{operation: "list threat notes", method: http.MethodGet, route: "threats/{id}/notes", ids: []string{string(id)}, permission: "Threats.view"}}
	if _, err := selection([]ThreatID{id}); err != nil {
		return l, refusal(l.operation, err)
	}
	return l, nil
}

// ThreatNotesPage returns one page of the notes on a threat.
func (c *Client) ThreatNotesPage(ctx context.Context, id ThreatID, q Query) (Page[Note], error) {
	l, err := c.notes(id)
	if err != nil {
		return Page[Note]{}, err
	}
	return l.page(ctx, q)
}

// ThreatNotes goes through all notes on a threat, page by page.
func (c *Client) ThreatNotes(ctx context.Context, id ThreatID, q Query) iter.Seq2[Note, error] {
	l, err := c.notes(id)
	if err != nil {
		return func(yield func(Note, error) bool) { yield(Note{}, err) }
	}
	return l.all(ctx, q)
}

// AddThreatNotes adds one note to each of the threats and returns on how many it now stands.
func (c *Client) AddThreatNotes(ctx context.Context, ids []ThreatID, text string) (int, error) {
	call := call{operation: "add notes to threats", route: "threats/notes", permission: "Threats.view"}
	if n := utf8.RuneCountInString(strings.TrimSpace(text)); n < MinNote || utf8.RuneCountInString(text) > MaxNote {
		return 0, invalid(call.operation, "a note has %d to %d characters, not %d", MinNote, MaxNote, n)
	}
	result, err := act(ctx, c, call, ids, map[string]string{"text": text})
	return result.Affected, err
}
