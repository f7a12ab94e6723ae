package pages

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// maxValues is how many values the rows of a page may have: as Go values, small ones take many
// times their size.
const maxValues = 1 << 20

// A splitter takes an answer apart while it comes: the rows of its list go to row, one by one, and
// the rest stays.
type splitter struct {
	json   *json.Decoder
	nested string
	begin  func() // data begins; where it is there twice the last counts, as for encoding/json
	row    func(json.RawMessage) error
	raw    json.RawMessage // of the row that was read last
	values int
}

// splitAnswer reads an answer whose rows are in data, or in its field nested, and returns the
// fields of it. Where the rows were is a list that says nothing of them. Row must keep no part of
// what it gets.
func splitAnswer(body io.Reader, nested string, begin func(), row func(json.RawMessage) error) (fields map[string]json.RawMessage, err error) {
	s := &splitter{json: json.NewDecoder(body), nested: nested, begin: begin, row: row}
	s.json.UseNumber()
	fields, err = s.answer()
	if errors.Is(err, io.EOF) { // it ended in the middle
		err = io.ErrUnexpectedEOF
	}
	return fields, err
}

// answer reads the members of one JSON object without holding it whole: "data" may be a thousand
// rows of 10 KB each. What follows the object is an error. Two values are no answer, whatever made
// two of it.
func (s *splitter) answer() (map[string]json.RawMessage, error) {
	first, err := s.json.Token()
	if err != nil {
		return nil, err
	}
	if first != json.Delim('{') {
		return nil, notAnObject(first)
	}
	fields, err := s.object(func(name string) (json.RawMessage, error) {
		if name == "data" {
			return s.data()
		}
		return s.value()
	})
	if err != nil {
		return nil, err
	}
	if _, err := s.json.Token(); err == nil {
		return nil, errTwoValues
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return fields, nil
}

var errTwoValues = errors.New("more than one value")

// notAnObject is what is wrong with an answer that begins with a token; null is an answer without
// fields.
func notAnObject(first json.Token) error {
	raw := json.RawMessage("[]")
	if _, list := first.(json.Delim); !list {
		raw, _ = json.Marshal(first) // it was JSON
	}
	return wire.WellFormed(raw)
}

// object reads the fields of an object after its brace.
func (s *splitter) object(value func(name string) (json.RawMessage, error)) (map[string]json.RawMessage, error) {
	fields := map[string]json.RawMessage{}
	for s.json.More() {
		name, err := s.json.Token()
		if err != nil {
			return nil, err
		}
		key, _ := name.(string) // nothing else stands there in JSON
		if fields[key], err = value(key); err != nil {
			return nil, err
		}
	}
	_, err := s.json.Token()
	return fields, err
}

// value reads one value as it is.
func (s *splitter) value() (raw json.RawMessage, err error) {
	err = s.json.Decode(&raw)
	return raw, err
}

// data reads the value of data.
func (s *splitter) data() (json.RawMessage, error) {
	s.begin()
	return s.list(func(name string) (json.RawMessage, error) {
		if name == s.nested && s.nested != "" {
			return s.list(s.field)
		}
		return s.value()
	})
}

// field reads a field of an object in which no rows are.
func (s *splitter) field(string) (json.RawMessage, error) { return s.value() }

// list reads what should be the list of rows, or has it inside.
func (s *splitter) list(inside func(name string) (json.RawMessage, error)) (json.RawMessage, error) {
	first, err := s.json.Token()
	switch {
	case err != nil:
		return nil, err
	case first == json.Delim('['):
		return s.rows()
	case first != json.Delim('{'):
		return json.Marshal(first)
	}
	fields, err := s.object(inside)
	if err != nil {
		return nil, err
	}
	return json.Marshal(fields)
}

// rows reads the rows of a list after its bracket.
func (s *splitter) rows() (json.RawMessage, error) {
	stands := json.RawMessage("[]")
	for s.json.More() {
		s.raw = s.raw[:0]
		if err := s.json.Decode(&s.raw); err != nil {
			return nil, err
		}
		if s.values += bytes.Count(s.raw, []byte(",")) + 1; s.values > maxValues {
			return nil, fmt.Errorf("%w: more than %d values", transport.ErrTooLarge, maxValues)
		}
		if err := s.row(s.raw); err != nil {
			return nil, err
		}
		stands = json.RawMessage(`["rows"]`)
	}
	_, err := s.json.Token()
	return stands, err
}
