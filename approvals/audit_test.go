package approvals

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// trail is five sound entries.
func trail() ([]Entry, Mark) {
	var head Mark
	var all []Entry
	for i, action := range []string{ActionAsked, ActionApproved, ActionStarted, ActionFinished, ActionRefused} {
		e := Entry{
			At: noon.Add(time.Duration(i) * time.Second), Request: "r1", Ref: "A-7F3A", Actor: "UALICE", Action: action,
			Command: "isolate", Detail: json.RawMessage(`{"targets":1}`),
		}.After(head)
		head = e.Mark()
		all = append(all, e)
	}
	return all, head
}

func TestASoundTrail(t *testing.T) {
	t.Parallel()
	all, head := trail()
	n, err := Verify(Trail{Head: head, Entries: each(all)})
	require.NoError(t, err)
	require.EqualValues(t, 5, n)

	n, err = Verify(Trail{Entries: each(nil)})
	require.NoError(t, err, "an empty trail is sound")
	require.Zero(t, n)
}

func TestEveryMeddlingWithATrailShows(t *testing.T) {
	t.Parallel()
	at := func(i int, change func(*Entry)) func([]Entry) []Entry {
		return func(all []Entry) []Entry { change(&all[i]); return all }
	}
	for name, c := range map[string]struct {
		meddle func([]Entry) []Entry
		row    int64
	}{
		"number":       {at(2, func(e *Entry) { e.Seq = 9 }), 3},
		"time":         {at(2, func(e *Entry) { e.At = e.At.Add(time.Millisecond) }), 3},
		"request":      {at(2, func(e *Entry) { e.Request = "r2" }), 3},
		"reference":    {at(2, func(e *Entry) { e.Ref = "A-0000" }), 3},
		"actor":        {at(2, func(e *Entry) { e.Actor = "UBOB" }), 3},
		"action":       {at(2, func(e *Entry) { e.Action = ActionDenied }), 3},
		"command":      {at(2, func(e *Entry) { e.Command = "shutdown" }), 3},
		"detail":       {at(2, func(e *Entry) { e.Detail = json.RawMessage(`{"targets":2}`) }), 3},
		"moved bytes":  {at(2, func(e *Entry) { e.Actor, e.Ref = "A"+e.Actor, e.Ref[1:] }), 3},
		"hash":         {at(2, func(e *Entry) { e.Hash = "00" }), 3},
		"prev":         {at(2, func(e *Entry) { e.Prev = "00" }), 3},
		"rehashed":     {at(2, func(e *Entry) { e.Actor = "UBOB"; e.Hash = e.sum() }), 4},
		"first gone":   {func(all []Entry) []Entry { return all[1:] }, 1},
		"middle gone":  {func(all []Entry) []Entry { return slices.Delete(all, 2, 3) }, 3},
		"last gone":    {func(all []Entry) []Entry { return all[:4] }, 5},
		"all gone":     {func(all []Entry) []Entry { return nil }, 1},
		"swapped":      {func(all []Entry) []Entry { all[1], all[2] = all[2], all[1]; return all }, 2},
		"repeated":     {func(all []Entry) []Entry { return slices.Insert(all, 2, all[1]) }, 3},
		"one too many": {func(all []Entry) []Entry { return append(all, Entry{}.After(all[4].Mark())) }, 7},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, head := trail()
			_, err := Verify(Trail{Head: head, Entries: each(c.meddle(all))})
			var tampered *TamperedError
			require.ErrorAs(t, err, &tampered)
			require.Equal(t, c.row, tampered.Seq, "%v", err)
		})
	}
}

func TestATrailThatCannotBeReadIsNotCalledTampered(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk")
	_, err := Verify(Trail{Entries: func(yield func(Entry, error) bool) { yield(Entry{}, broken) }})
	require.ErrorIs(t, err, broken)
	var tampered *TamperedError
	require.False(t, errors.As(err, &tampered))
}
