package huntapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/s1/pages"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// sdlAnswer is a query object without its rows. Some consoles repeat the total under another name.
type sdlAnswer struct {
	ID        QueryID `json:"id"`
	Completed int     `json:"stepsCompleted"`
	Total     int     `json:"stepsTotal"`
	Again     int     `json:"totalSteps"`
}

// readSDL reads a query object. There is no word for its state: it is done when all steps are
// completed and there is data. A total of 0 is a query that the console has not planned yet, never
// one that is done.
func readSDL(body []byte) (SDLProgress, error) {
	if err := wire.WellFormed(body); err != nil {
		return SDLProgress{}, err
	}
	fields := wire.FieldsOf(body)
	data, problem := fields["data"], fields["error"]
	head, err := json.Marshal(map[string]json.RawMessage{
		"id": orNull(fields["id"]), "stepsCompleted": orNull(fields["stepsCompleted"]), "stepsTotal": orNull(fields["stepsTotal"]), "totalSteps": orNull(fields["totalSteps"]),
	})
	var a sdlAnswer
	if err != nil || wire.Decode(head, &a) != nil {
		return SDLProgress{}, transport.Unreadable("The console's answer about the query isn't valid.")
	}
	p := SDLProgress{SDLTicket: SDLTicket{ID: a.ID, Steps: a.Completed}, Total: max(a.Total, a.Again)}
	if !wire.IsVoid(problem) {
		p.Problem, _ = transport.ReadProblem(0, problem)
		return p, nil
	}
	p.Done = p.Total > 0 && a.Completed >= p.Total && len(data) > 0 && string(data) != "null"
	if !p.Done {
		return p, nil
	}
	return p, p.readRows(fields, data)
}

// orNull stands in for a field that is not there.
func orNull(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

// readRows reads the rows of a query that is done, and what the console says about those that are
// missing.
func (p *SDLProgress) readRows(fields map[string]json.RawMessage, data json.RawMessage) error {
	if !strings.HasPrefix(string(data), "{") {
		return pages.ErrNoList
	}
	parts := wire.FieldsOf(data)
	p.Partial = append(partialWords(parts), partialWords(fields)...)
	if columns, ok := parts["columns"]; ok {
		return p.readTable(columns, parts["values"])
	}
	matches := wire.ElementsOf(orEmptyList(parts["matches"]), pages.MaxRows)
	if len(matches) > pages.MaxRows {
		return fmt.Errorf("%w: more than %d events", transport.ErrTooLarge, pages.MaxRows)
	}
	for _, raw := range matches {
		if event, ok := sdlEvent(raw); ok {
			p.Events = append(p.Events, event)
		}
	}
	if len(matches) > 0 && len(p.Events) == 0 {
		return transport.Unreadable("The console's list has no events in it.")
	}
	slices.SortStableFunc(p.Events, func(a, b Event) int { return b.CreatedAt.Compare(a.CreatedAt.Time) }) // they come the oldest first
	return nil
}

// orEmptyList stands in for what should have been a list.
func orEmptyList(raw json.RawMessage) json.RawMessage {
	if !strings.HasPrefix(string(raw), "[") {
		return json.RawMessage("[]")
	}
	return raw
}

// partialWords says what makes a result one of less than all events.
func partialWords(parts map[string]json.RawMessage) (words []string) {
	if string(parts["partialResultsDueToTimeLimit"]) == "true" {
		words = append(words, "The console ran out of time, so the result is partial.")
	}
	for _, counted := range []struct{ key, format string }{
		{"omittedEvents", "The console left out %s events, so the result is partial."},
		{"discardedArrayItems", "The console left out %s list values, so the result is partial."},
	} {
		if n := string(parts[counted.key]); !wire.IsVoid(parts[counted.key]) && strings.Trim(n, "0.") != "" {
			words = append(words, fmt.Sprintf(counted.format, strings.TrimSuffix(n, ".0")))
		}
	}
	var warnings []string
	if wire.Decode(orEmptyList(parts["warnings"]), &warnings) == nil {
		words = append(words, warnings...)
	}
	return words
}

// readTable reads the result of a PowerQuery: as for Deep Visibility, with other names.
func (p *SDLProgress) readTable(columns, values json.RawMessage) error {
	var named []struct {
		Name string `json:"name"`
		Type string `json:"cellType"`
	}
	if err := wire.Decode(orEmptyList(columns), &named); err != nil {
		return err
	}
	p.Table = PowerResult{State: "FINISHED", Percent: 100, ID: p.ID, Advice: p.Partial}
	for i, c := range named {
		if c.Name == "" {
			c.Name = fmt.Sprintf("column %d", i+1)
		}
		p.Table.Columns = append(p.Table.Columns, PowerColumn{Name: c.Name, Type: c.Type})
	}
	rows := wire.ElementsOf(orEmptyList(values), maxPowerRows)
	if len(rows) > maxPowerRows {
		return fmt.Errorf("%w: more than %d rows", transport.ErrTooLarge, maxPowerRows)
	}
	for _, raw := range rows {
		row := wire.ElementsOf(orEmptyList(raw), len(named))
		for i := range row {
			row[i] = sdlCell(row[i])
		}
		p.Table.Rows = append(p.Table.Rows, row)
	}
	p.Table.Raw = wire.Redact(bytes.Clone(tableJSON(columns, values)))
	return nil
}

// maxPowerRows is the largest limit that people may give a PowerQuery. A console that sends more
// than it was asked for is not read further: the process has a bounded memory.
const maxPowerRows = 100_000

// tableJSON is the table as the console sent it, without the rest of the query object.
func tableJSON(columns, values json.RawMessage) []byte {
	return fmt.Appendf(nil, `{"columns":%s,"values":%s}`, orEmptyList(columns), orEmptyList(values))
}

// sdlCell is a value of its own, not a part of the body. Numbers that JSON does not have come as
// text or as {"special":"NaN"}.
func sdlCell(raw json.RawMessage) json.RawMessage {
	if strings.HasPrefix(string(raw), "{") {
		if special := wire.FieldsOf(raw)["special"]; len(special) > 0 {
			raw = special
		}
	}
	return bytes.Clone(raw)
}

// sdlFields are the fields of an event in the data lake, and what each is called in an event of
// Deep Visibility, which the rest of the bot reads. A later line fills what an earlier one left
// empty.
const sdlFields = `
event.id id
event.type eventType
event.category objectType
agent.id agentId
agent.uuid agentUuid
endpoint.name agentName
endpoint.os agentOs
site.name siteName
src.process.name processName
src.process.pid pid
src.process.cmdline processCmd
src.process.image.path processImagePath
src.process.image.sha1 processImageSha1Hash
src.process.publisher publisher
src.process.user user
src.process.parent.name parentProcessName
src.process.parent.pid parentPid
src.process.storyline.id storyline
src.process.storyline.id trueContext
tgt.process.name tgtProcName
tgt.process.cmdline tgtProcCmdLine
tgt.file.path fileFullName
tgt.file.oldPath oldFileName
tgt.file.sha1 fileSha1
tgt.file.sha256 fileSha256
src.ip.address srcIp
src.port.number srcPort
dst.ip.address dstIp
dst.port.number dstPort
event.network.direction direction
event.dns.request dnsRequest
event.dns.response dnsResponse
url.address networkUrl
event.url.action networkMethod
registry.keyPath registryPath
task.name taskName
task.path taskPath
event.login.userName loginsUserName
event.login.type loginsBaseType
indicator.name indicatorName
indicator.category indicatorCategory
indicator.description indicatorDescription
tgt.process.name processName
tgt.process.cmdline processCmd
tgt.process.image.path processImagePath
`

// sdlEvent reads a match. Its raw form stays the console's.
func sdlEvent(raw json.RawMessage) (Event, bool) {
	if !strings.HasPrefix(string(raw), "{") {
		return Event{}, false
	}
	match := wire.FieldsOf(raw)
	if !strings.HasPrefix(string(match["values"]), "{") {
		return Event{}, false
	}
	values := wire.FieldsOf(match["values"])
	named := map[string]json.RawMessage{}
	for line := range strings.Lines(strings.TrimSpace(sdlFields)) {
		from, to, _ := strings.Cut(strings.TrimSpace(line), " ")
		if v := values[from]; !wire.IsVoid(v) && named[to] == nil {
			named[to] = v
		}
	}
	body, err := json.Marshal(named)
	var event Event
	if err != nil || wire.Decode(body, &event) != nil {
		return Event{}, false
	}
	event.CreatedAt = sdlMoment(match["timestamp"], values["event.time"])
	event.Keep(bytes.Clone(raw))
	return event, true
}

// sdlMoment reads nanoseconds or, where there are none, milliseconds.
func sdlMoment(nanoseconds, milliseconds json.RawMessage) wire.Time {
	var n int64
	if json.Unmarshal(orNull(nanoseconds), &n) == nil && n > 0 {
		return wire.TimeOf(time.Unix(0, n))
	}
	if json.Unmarshal(orNull(milliseconds), &n) == nil && n > 0 {
		return wire.TimeOf(time.UnixMilli(n))
	}
	return wire.Time{}
}

// ReadSDLEvent reads an event from its raw form.
func ReadSDLEvent(raw json.RawMessage) (Event, bool) {
	if !json.Valid(raw) {
		return Event{}, false
	}
	return sdlEvent(raw)
}
