package s1

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"unicode/utf8"

	"s1bot/s1/changes"
	"s1bot/s1/pages"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
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

// RowKey is what the row is known again by, whatever else it says.
func (n Note) RowKey() string { return string(n.ID) }

// The length of a note, in characters.
const (
	MinNote = 2
	MaxNote = 10_000
)

// notes is the list of the notes on one threat; there is no call for a single note.
func (c *Client) notes(id ThreatID) (pages.List[Note], error) {
	l := pages.List[Note]{Client: c.t, Call: transport.Call{Operation: "list threat notes", Method: http.MethodGet, Route: "threats/{id}/notes", IDs: []string{string(id)}, Permission: "Threats.view"}}
	if _, err := wire.Selection([]ThreatID{id}); err != nil {
		return l, transport.Refusal(l.Operation, err)
	}
	return l, nil
}

// ThreatNotesPage returns one page of the notes on a threat.
func (c *Client) ThreatNotesPage(ctx context.Context, id ThreatID, q Query) (Page[Note], error) {
	l, err := c.notes(id)
	if err != nil {
		return Page[Note]{}, err
	}
	return l.Page(ctx, q)
}

// ThreatNotes goes through all notes on a threat, page by page.
func (c *Client) ThreatNotes(ctx context.Context, id ThreatID, q Query) iter.Seq2[Note, error] {
	l, err := c.notes(id)
	if err != nil {
		return func(yield func(Note, error) bool) { yield(Note{}, err) }
	}
	return l.All(ctx, q)
}

// AddThreatNotes adds one note to each of the threats and returns on how many it now stands. The
// ids of the notes are not in the answer.
func (c *Client) AddThreatNotes(ctx context.Context, ids []ThreatID, text string) (int, error) {
	call := transport.Call{Operation: "add notes to threats", Route: "threats/notes", Permission: "Threats.view"}
	if n := utf8.RuneCountInString(strings.TrimSpace(text)); n < MinNote || utf8.RuneCountInString(text) > MaxNote {
		return 0, transport.Invalid(call.Operation, "a note must have %d to %d characters, not %d", MinNote, MaxNote, n)
	}
	result, err := changes.ByID(ctx, c.t, call, ids, map[string]string{"text": text})
	return result.Affected, err
}
