package eventql

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Table is what a power query makes of events: columns, and a value for each in every row.
type Table struct {
	Columns []any // {"name", "type"}
	Rows    []any
	Cut     bool // a limit left rows out
}

// Parser reads the conditions of a power query; the data lake and Deep Visibility differ in them.
type Parser func(tokens []string) (func(map[string]any) bool, error)

// A pipe is rows on their way through a power query; names are the columns, once somebody has
// chosen them.
type pipe struct {
	parse Parser
	rows  []object
	names []string
	paths map[string]string // of a column: where its value stands in a row
}

// RunPower reads and runs a query: a condition, then commands behind bars. It knows columns,
// filter, group, sort and limit, which is what people begin with; the service has more.
func RunPower(query string, events []map[string]any, parse Parser) (Table, error) {
	list, err := tokenize(query)
	if err != nil {
		return Table{}, err
	}
	p := pipe{parse: parse, rows: events, names: []string{"event.time", "endpoint.name", "event.type", "src.process.name"}, paths: fieldNames()}
	for i, stage := range split(list, "|") {
		if err := p.run(i, stage); err != nil {
			return Table{}, err
		}
	}
	return p.table(), nil
}

// The first stage is a condition and needs no word; a lone star there is everything, other than in
// a filter of the data lake.
func (p *pipe) run(i int, stage []string) error {
	switch {
	case i == 0 && (len(stage) == 0 || len(stage) == 1 && stage[0] == "*"):
		return nil
	case i == 0:
		return p.filter(stage)
	case len(stage) < 2:
		return errSyntax
	}
	switch strings.ToLower(stage[0]) {
	case "filter":
		return p.filter(stage[1:])
	case "columns":
		return p.choose(stage[1:])
	case "group":
		return p.group(stage[1:])
	case "sort":
		return p.sort(stage[1:])
	case "limit":
		n, err := strconv.Atoi(stage[1])
		if err != nil || n < 0 {
			return errSyntax
		}
		p.rows = p.rows[:min(n, len(p.rows))]
		return nil
	}
	return errSyntax
}

// The rows are copied before some are taken out: the slice is the caller's.
func (p *pipe) filter(stage []string) error {
	keep, err := p.parse(stage)
	if err != nil {
		return err
	}
	p.rows = slices.DeleteFunc(slices.Clone(p.rows), func(o object) bool { return !keep(o) })
	return nil
}

// choose reads "name = field, field, …". After it only the chosen columns are known: a later stage
// must name those.
func (p *pipe) choose(stage []string) error {
	names, paths := []string{}, map[string]string{}
	for _, part := range split(stage, ",") {
		if len(part) != 1 && (len(part) != 3 || part[1] != "=") {
			return errSyntax
		}
		path, known := p.paths[strings.ToLower(part[len(part)-1])]
		if !known {
			return errSyntax
		}
		names = append(names, part[0])
		paths[strings.ToLower(part[0])] = path
	}
	p.names, p.paths = names, paths
	return nil
}

// group reads "n = count() by field, field".
func (p *pipe) group(stage []string) error {
	name := "count"
	if len(stage) > 2 && stage[1] == "=" {
		name, stage = stage[0], stage[2:]
	}
	if len(stage) < 5 || !strings.EqualFold(strings.Join(stage[:4], " "), "count ( ) by") {
		return errSyntax
	}
	fields := split(stage[4:], ",")
	var groups []object
	byKey := map[string]object{}
	names, paths := []string{}, map[string]string{strings.ToLower(name): name}
	for _, field := range fields {
		path, known := p.paths[strings.ToLower(field[0])]
		if len(field) != 1 || !known {
			return errSyntax
		}
		names, paths[strings.ToLower(field[0])] = append(names, field[0]), path
	}
	for _, row := range p.rows {
		made, key := object{name: 0}, ""
		for _, n := range names {
			path := paths[strings.ToLower(n)]
			made[path] = row[path]
			key += text(row, path) + "\x00"
		}
		if byKey[key] == nil {
			byKey[key] = made
			groups = append(groups, made)
		}
		byKey[key][name] = byKey[key][name].(int) + 1
	}
	p.rows, p.names, p.paths = groups, append([]string{name}, names...), paths
	return nil
}

// sort reads "field" or "-field".
func (p *pipe) sort(stage []string) error {
	name, down := strings.CutPrefix(stage[0], "-")
	path, known := p.paths[strings.ToLower(name)]
	if !known {
		return errSyntax
	}
	p.rows = slices.Clone(p.rows)
	slices.SortStableFunc(p.rows, func(a, b object) int {
		if down {
			a, b = b, a
		}
		x, errX := strconv.ParseFloat(text(a, path), 64)
		y, errY := strconv.ParseFloat(text(b, path), 64)
		if errX == nil && errY == nil {
			return cmp.Compare(x, y)
		}
		return strings.Compare(text(a, path), text(b, path))
	})
	return nil
}

// table is the rows as they travel; times become milliseconds.
func (p *pipe) table() Table {
	t := Table{Columns: []any{}, Rows: []any{}}
	types := make([]string, len(p.names))
	for _, row := range p.rows {
		cells := []any{}
		for i, name := range p.names {
			v := row[p.paths[strings.ToLower(name)]]
			types[i] = "STRING"
			if at, err := time.Parse(time.RFC3339Nano, plain(v)); err == nil {
				v = at.UnixMilli()
			}
			switch v.(type) {
			case int, int64:
				types[i] = "INTEGER"
			}
			cells = append(cells, v)
		}
		t.Rows = append(t.Rows, cells)
	}
	for i, name := range p.names {
		t.Columns = append(t.Columns, object{"name": name, "type": cmp.Or(types[i], "STRING")})
	}
	return t
}

// split cuts a list of tokens at a sign.
func split(list []string, at string) [][]string {
	var out [][]string
	for {
		i := slices.Index(list, at)
		if i < 0 {
			return append(out, list)
		}
		out, list = append(out, list[:i]), list[i+1:]
	}
}
