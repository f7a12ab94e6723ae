package pages_test

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/pages"
	"s1bot/s1/transport"
)

// A row of a test says when it was made of its JSON.
type row struct {
	ID string `json:"id"`
}

// made hears of each row that is made.
var made = map[string]func(){}

func (r *row) UnmarshalJSON(raw []byte) error {
	type plain row
	if err := json.Unmarshal(raw, (*plain)(r)); err != nil {
		return err
	}
	if heard := made[strings.TrimRight(r.ID, "0123456789")]; heard != nil {
		heard()
	}
	return nil
}

// A position is how far an answer was read.
type position struct {
	io.Reader
	read int
}

func (p *position) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	p.read += n
	return n, err
}

// Two answers of 64 MiB took ten times their size when each was read as a whole before its first row was looked at.
func TestARowIsMadeBeforeTheNextOnesAreRead(t *testing.T) {
	const rows, width = 2000, 1000
	var b strings.Builder
	b.WriteString(`{"data":[`)
	for i := range rows {
		fmt.Fprintf(&b, `{"id":"stream-%d","pad":"%s"},`, i, strings.Repeat("x", width))
	}
	body := &position{Reader: strings.NewReader(strings.TrimSuffix(b.String(), ",") + `],"pagination":{"totalItems":2000}}`)}
	n, most := 0, 0
	made["stream-"] = func() {
		most = max(most, body.read-n*b.Len()/rows)
		n++
	}
	defer delete(made, "stream-")
	page, err := pages.ReadFrom[row](body, "")
	require.NoError(t, err)
	require.Len(t, page.Items, rows)
	require.Less(t, most, b.Len()/20, "bytes that were read before their row's turn")
}

func TestAnAnswerIsReadInAnyOrderAndForm(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"pagination":{"nextCursor":"c"},"data":[{"id":"1"}]}`:    "1 → c",
		` {"data" : [ {"id":"1"} , {"id":"2"} ] } `:                "1 2 → ",
		`{"data":[{"id":"1"}],"data":[{"id":"2"}]}`:                "2 → ",
		`{"data":{"count":2,"rows":[{"id":"1"}]}}`:                 "1 → ",
		`{"data":[],"more":{"data":[{"id":"1"}]}}`:                 " → ",
		`{"data":[{"id":"1"},null,7,[1]]}`:                         "1 → ",
		`{"data":[{"id":"1"}],"errors":[{"detail":"half of it"}]}`: "1 → ",
		`{"data":[{"id":"1"}],"data":null}`:                        "The console's answer has no list where one was expected.",
		`{"data":{"rows":{"1":{"id":"1"}}}}`:                       "The console's answer has no list where one was expected.",
		`{"data":"none"}`:                                          "The console's answer has no list where one was expected.",
		`{"data":[],"errors":[{"detail":"Site is gone"}]}`:         "Site is gone",
		`{"data":null,"message":"Try again"}`:                      "Try again",
		`{"pagination":{}}`:                                        "The console's answer has no data.",
		`{"data":[7,8]}`:                                           "The console's list has no objects in it.",
		`{"data":[{"id":"1"}]`:                                     "unexpected EOF",
		`{"data":[{"id":"1"`:                                       "unexpected EOF",
		``:                                                         "unexpected EOF",
		`{"data":[{"id":"1"}]}{}`:                                  "more than one value",
		`{"data":[{"id":"1"},]}`:                                   "invalid character",
		`[{"id":"1"}]`:                                             "cannot unmarshal array",
		`{"data":[` + strings.Repeat(`{"id":"1"},`, pages.MaxRows) + `{}]}`:   "answer too large",
		`{"data":[{"id":"1","x":[` + strings.Repeat("1,", 1<<20) + `1]},{}]}`: "answer too large",
	} {
		page, err := pages.ReadFrom[row](strings.NewReader(body), "rows")
		name := body[:min(len(body), 80)]
		if err != nil {
			require.ErrorContains(t, err, want, name)
			continue
		}
		var ids []string
		for _, r := range page.Items {
			ids = append(ids, r.ID)
		}
		require.Equal(t, want, strings.Join(ids, " ")+" → "+page.Next, name)
	}
}

// What came before the connection broke is no page, whatever form it has: the read is tried again.
func TestAnAnswerThatBreaksOffIsNoPage(t *testing.T) {
	t.Parallel()
	_, err := pages.ReadFrom[row](io.MultiReader(strings.NewReader(`{"data":[{"id":"1"}]}`), broken{}), "")
	require.ErrorIs(t, err, io.ErrClosedPipe)
	require.NotErrorIs(t, err, transport.ErrTooLarge)
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }
