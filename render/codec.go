package render

import (
	"encoding/json"
	"fmt"
)

// cardFields are a Card without its methods; its interface fields are spelled out beside it.
// Without the methods json.Marshal does not call MarshalJSON again, for ever.
type cardFields Card

// cardJSON is a card with its parts and actions as objects that name their kind: interfaces can be
// written, but not be read back.
type cardJSON struct {
	cardFields
	Parts   []map[string]any `json:"parts,omitempty"`
	Actions []map[string]any `json:"actions,omitempty"`
	Files   []File           `json:"files,omitempty"`
}

// MarshalJSON writes the whole card. A part is an object of one key, which names its kind:
// {"quote": {"Text": "…"}}.
//
// A Disk file is left out: it is gone with its process. Whoever keeps a card keeps its words.
func (c Card) MarshalJSON() ([]byte, error) {
	out := cardJSON{cardFields: cardFields(c), Files: c.Files}
	for _, p := range c.Parts {
		kind, ok := partKind(p)
		if !ok {
			return nil, fmt.Errorf("encode card %q: unknown part %T", c.Title, p)
		}
		out.Parts = append(out.Parts, map[string]any{kind: p})
	}
	var err error
	if out.Actions, err = actionObjects(c.Actions); err != nil {
		return nil, fmt.Errorf("encode card %q: %w", c.Title, err)
	}
	return json.Marshal(out)
}

// actionObjects are actions as objects of one key, which names their kind.
func actionObjects(actions []Action) (objects []map[string]any, err error) {
	for _, a := range actions {
		switch a := a.(type) {
		case Button:
			objects = append(objects, map[string]any{"button": a})
		case Menu:
			objects = append(objects, map[string]any{"menu": a})
		default:
			return nil, fmt.Errorf("unknown action %T", a)
		}
	}
	return objects, nil
}

// readActions reads what actionObjects wrote.
func readActions(objects []map[string]json.RawMessage) (actions []Action, err error) {
	for _, object := range objects {
		for kind, raw := range object {
			a, err := readActionOf(kind, raw)
			if err != nil {
				return nil, err
			}
			actions = append(actions, a)
		}
	}
	return actions, nil
}

// rowFields are a Row without its methods; its actions are spelled out beside it.
type rowFields Row

// MarshalJSON writes the row with its actions, as those of a card.
func (r Row) MarshalJSON() ([]byte, error) {
	objects, err := actionObjects(r.Actions)
	if err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		rowFields
		Actions []map[string]any
	}{rowFields(r), objects})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Row) UnmarshalJSON(data []byte) error {
	var in struct {
		rowFields
		Actions []map[string]json.RawMessage
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	actions, err := readActions(in.Actions)
	*r = Row(in.rowFields)
	r.Actions = actions
	return err
}

// partKind is the word under which a part is kept. Cards lie in databases, so a word once written
// is there for good.
func partKind(p Part) (string, bool) {
	switch p.(type) {
	case Line:
		return "line", true
	case Row:
		return "row", true
	case Fields:
		return "fields", true
	case Table:
		return "table", true
	case Quote:
		return "quote", true
	case Code:
		return "code", true
	case Note:
		return "note", true
	case Bar:
		return "bar", true
	case Chart:
		return "chart", true
	case Divider:
		return "divider", true
	}
	return "", false
}

// UnmarshalJSON reads what MarshalJSON wrote. A kind of part that this version does not know is an
// error.
func (c *Card) UnmarshalJSON(data []byte) error {
	var in struct {
		cardFields
		Parts   []map[string]json.RawMessage `json:"parts"`
		Actions []map[string]json.RawMessage `json:"actions"`
		Files   []File                       `json:"files"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return fmt.Errorf("decode card: %w", err)
	}
	card := Card(in.cardFields)
	card.Files = in.Files
	for _, object := range in.Parts {
		for kind, raw := range object {
			p, err := readPart(kind, raw)
			if err != nil {
				return fmt.Errorf("decode card %q: %w", card.Title, err)
			}
			card.Parts = append(card.Parts, p)
		}
	}
	var err error
	if card.Actions, err = readActions(in.Actions); err != nil {
		return fmt.Errorf("decode card %q: %w", card.Title, err)
	}
	*c = card
	return nil
}

// readPart reads a part by its word. An unknown word is an error: the card was written by a later
// version, and without the part it may say something else.
func readPart(kind string, raw json.RawMessage) (Part, error) {
	switch kind {
	case "line":
		return read[Line](raw)
	case "row":
		return read[Row](raw)
	case "fields":
		return read[Fields](raw)
	case "table":
		return read[Table](raw)
	case "quote":
		return read[Quote](raw)
	case "code":
		return read[Code](raw)
	case "note":
		return read[Note](raw)
	case "bar":
		return read[Bar](raw)
	case "chart":
		return read[Chart](raw)
	case "divider":
		return Divider{}, nil
	}
	return nil, fmt.Errorf("unknown part %q", kind)
}

// readActionOf reads an action by its word.
func readActionOf(kind string, raw json.RawMessage) (Action, error) {
	switch kind {
	case "button":
		return read[Button](raw)
	case "menu":
		return read[Menu](raw)
	}
	return nil, fmt.Errorf("unknown action %q", kind)
}

// read is json.Unmarshal as an expression.
func read[T any](raw json.RawMessage) (T, error) {
	var v T
	err := json.Unmarshal(raw, &v)
	return v, err
}
