package listing_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/render"
	"s1bot/render/tempfile"
)

// table is a table of n rows of so many bytes.
func table(n, width int) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Name"}}}
	for i := range n {
		t.Rows = append(t.Rows, []render.Line{{render.Text(fmt.Sprintf("%d%s", i, strings.Repeat("x", width)))}})
	}
	return t
}

func exporting(how render.How, space *tempfile.Space) *listing.Export {
	return listing.NewExport(&catalog.Call{How: how, Now: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC), Exports: space}, "agents")
}

func written(t *testing.T, card render.Card) string {
	t.Helper()
	require.Len(t, card.Files, 1)
	r, err := card.Files[0].Open()
	require.NoError(t, err)
	body, err := io.ReadAll(r)
	require.NoError(t, err)
	require.EqualValues(t, len(body), card.Files[0].Size())
	return string(body)
}

func TestASmallFileStaysInMemoryAndALargeOneGoesToDisk(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows int
		disk bool
	}{"small": {10, false}, "large": {3000, true}} {
		space := tempfile.NewSpace(t.TempDir(), 10<<20)
		file := exporting(render.CSV, space)
		require.NoError(t, file.Csv(table(0, 0), true))
		for range c.rows {
			require.NoError(t, file.Csv(table(1, 100), false))
		}
		card := file.Card("Agents", "")
		file.Abandon()
		require.Equal(t, c.disk, card.Files[0].Disk != nil, name)
		require.Equal(t, c.disk, space.Used() > 0, name)
		rows, err := csv.NewReader(strings.NewReader(written(t, card))).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, c.rows+1, name)
		require.Equal(t, []string{"Name"}, rows[0])
		card.Discard()
		require.Zero(t, space.Used(), name)
	}
}

// A row is in the file whole or not at all, and the file says that it was cut.
func TestAFileForWhichThereIsNoRoomIsCutBetweenRows(t *testing.T) {
	t.Parallel()
	space := tempfile.NewSpace(t.TempDir(), 1<<20)
	file := exporting(render.JSON, space)
	raw, err := json.Marshal(map[string]string{"name": strings.Repeat("x", 10_000)})
	require.NoError(t, err)
	written1 := 0
	for !file.Full() {
		require.NoError(t, file.Json(raw))
		written1++
	}
	require.Equal(t, written1-1, file.Rows)
	require.NoError(t, file.Json(raw), "what comes later is left out, too")
	require.NoError(t, file.Json(json.RawMessage(`{"small":1}`)))
	card := file.Card("Agents", "match everything")
	var rows []map[string]string
	require.NoError(t, json.Unmarshal([]byte(written(t, card)), &rows))
	require.Len(t, rows, file.Rows)
	require.Contains(t, card.Plain(), "The file was cut off at 1 MiB")
	require.Equal(t, fmt.Sprintf("Agents · only the first %d as a file", len(rows)), card.Title, "nobody said how many there are")
}

func TestAListThatEndsInAnErrorLeavesNothingOnDisk(t *testing.T) {
	t.Parallel()
	space := tempfile.NewSpace(t.TempDir(), 10<<20)
	file := exporting(render.CSV, space)
	require.NoError(t, file.Csv(table(1000, 1000), false))
	require.Positive(t, space.Used())
	file.Abandon()
	require.Zero(t, space.Used())
}

func TestAnEmptyFileIsValid(t *testing.T) {
	t.Parallel()
	require.Equal(t, "[]\n", written(t, exporting(render.JSON, nil).Card("Agents", "")))
}

// Without a space everything stays in memory, and less of it.
func TestAFileWithoutSpaceIsCutAt16MiB(t *testing.T) {
	t.Parallel()
	file := exporting(render.CSV, nil)
	for !file.Full() {
		require.NoError(t, file.Csv(table(1, 1<<20), false))
	}
	card := file.Card("Agents", "")
	require.Less(t, len(card.Files[0].Body), 18<<20)
	require.Contains(t, card.Plain(), "The file was cut off at 16 MiB")
}
