package trail

import (
	"bytes"
	_ "embed" // the page
	"encoding/json"
	"html/template"
	"io"
	"iter"
	"time"

	"s1bot/render"
)

//go:embed page.html
var page string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{"line": Line, "utc": utc, "pretty": pretty}).Parse(page))

// A Page is what auditors get: rows, and whether the whole trail that they are from is what was
// written.
//
// Rows are written as they come, so a page of a year needs no memory for it. Checks stand before
// them and so must be known first.
type Page struct {
	Made    time.Time
	Since   time.Time
	Filters []string // how the rows were chosen, in words
	Checks  []Check
	Rows    iter.Seq[Row]
}

// A Check is one thing that was tested about the trail.
type Check struct {
	Passed bool
	Words  string
}

// Write writes the page. It is one file that needs no other and runs no script, so that it can be
// kept and sent.
func (p Page) Write(w io.Writer) error { return pageTemplate.Execute(w, p) }

func utc(t time.Time) string { return t.UTC().Format(timeLayout) }

// pretty is a row's JSON, indented; what can't be seen in it is spelled out.
func pretty(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return Line(string(raw))
	}
	return render.Visible(b.String())
}
