package render

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"github.com/slack-go/slack"
)

// Fits says that a button can carry in: its JSON and the seal's tag within the 2,000 characters of
// a button's value. What does not fit is to be stored (store.Clips), and a short invocation that
// refers to it put in its place.
func Fits(in Invocation) bool {
	text, err := compact(in)
	return err == nil && len(text) <= maxButtonValue-SealSize
}

// Fits says that a menu can be drawn as one: its options take far less than a button, see pack. Where
// it can't, the invocations of its options are to be stored like those of long buttons; else each
// option would be a button of its own.
func (m Menu) Fits() bool {
	texts := make([]string, len(m.Options))
	for i, o := range m.Options {
		text, err := compact(m.Invocation(o))
		if err != nil {
			return false
		}
		texts[i] = text
	}
	_, _, ok := pack("o"+strconv.Itoa(maxElements*maxOptions)+":", texts)
	return ok
}

// Invocation is what choosing o from m invokes.
func (m Menu) Invocation(o Option) Invocation {
	if o.Do != nil {
		return *o.Do
	}
	in := m.Do
	if m.Param == "" {
		return in
	}
	args := map[string]json.RawMessage{}
	if len(in.Args) > 0 && json.Unmarshal(in.Args, &args) != nil || args == nil {
		return in // no object to add to: compact or the command will say so
	}
	args = maps.Clone(args)
	value, _ := json.Marshal(o.Value)
	if m.List {
		value, _ = json.Marshal([]string{o.Value})
	}
	args[m.Param] = value
	in.Args, _ = json.Marshal(args)
	return in
}

// An item is something to click before it is known as what: a button or a line behind ⋯.
//
// The same Button may end on the card or behind ⋯, where it has no style and no confirmation; the
// text is made once for both.
type item struct {
	Button
	text string // of the invocation
}

// actions draws what can be done: four actions at most, the rest behind ⋯, which takes five each.
//
// Four is what fits one row on a phone. What follows from the limits: an overflow menu takes five,
// a row 25 elements, and a message of more than fifty things to click is one that nobody reads.
func (k *canvas) actions(all []Action, o Options) []slack.Block {
	var elements []slack.BlockElement
	var rest []item
	for i, a := range all {
		if len(rest) > maxElements*maxOverflow {
			k.note("… %s left out: this message is full", count(len(all)-i, "more action"))
			break
		}
		if b, ok := a.(Button); len(elements) < maxVisible && !(ok && b.Rare) {
			if e, ok := k.visible(a, o); ok {
				elements = append(elements, e)
				continue
			}
		}
		rest = append(rest, k.items(a, o)...)
	}
	elements = append(elements, k.hidden(rest)...)
	if lost := len(elements) - maxElements; lost > 0 {
		k.note("… %s left out: this message is full", count(lost, "more action"))
		elements = elements[:maxElements]
	}
	return k.rowsOf(elements)
}

// rowsOf puts elements into blocks, and stops where they would take more than half a message.
func (k *canvas) rowsOf(elements []slack.BlockElement) []slack.Block {
	var out []slack.Block
	room, chars := k.bytes/2, k.chars/2
	for len(elements) > 0 {
		n, used := 0, 0
		for n < min(len(elements), maxActionElements) {
			bytes, text := size(elements[n])+1, elementText(elements[n])
			if bytes > room || used+text > chars {
				break
			}
			room, used = room-bytes, used+text
			n++
		}
		if n == 0 {
			k.note("… %s left out: this message is full", count(len(elements), "more action"))
			break
		}
		row := slack.NewActionBlock("", elements[:n]...)
		out, elements, chars = append(out, row), elements[n:], chars-used
		k.spend([]slack.Block{row}, used)
	}
	return out
}

// elementText is the length of the texts on e.
func elementText(e slack.BlockElement) int {
	var options []*slack.OptionBlockObject
	n := 0
	switch e := e.(type) {
	case *slack.ButtonBlockElement:
		n = length(e.Text.Text)
		if c := e.Confirm; c != nil {
			n += length(c.Title.Text) + length(c.Text.Text) + length(c.Confirm.Text) + length(c.Deny.Text)
		}
	case *slack.SelectBlockElement:
		n, options = length(e.Placeholder.Text), e.Options
	case *slack.OverflowBlockElement:
		options = e.Options
	}
	for _, o := range options {
		n += length(o.Text.Text)
	}
	return n
}

// visible draws an action that is seen at once; not every menu can be.
func (k *canvas) visible(a Action, o Options) (slack.BlockElement, bool) {
	if m, ok := a.(Menu); ok {
		return k.menu(m)
	}
	items := k.items(a, o)
	if len(items) != 1 {
		return nil, false
	}
	return k.button(items[0]), true
}

// items are the single things to click that a stands for. Those that cannot be clicked are left out
// with a note.
//
// A Share button has no sense on a message that the channel sees already, and goes without a word.
func (k *canvas) items(a Action, o Options) []item {
	var out []item
	switch a := a.(type) {
	case Button:
		if a.Do.How != Share || !o.Public {
			out = k.checked(out, a)
		}
	case Menu:
		for _, option := range a.Options {
			out = k.checked(out, Button{Label: a.Label + ": " + option.Label, Do: a.Invocation(option)})
		}
	}
	return out
}

// checked leaves out what must not or cannot be drawn, and says so on the card: a link that leads
// anywhere but to the console, for an attacker may have named it, and an invocation that is longer
// than a button's value may be.
//
// A note takes its place, because a person who looks for a button must learn why it is not there.
func (k *canvas) checked(out []item, b Button) []item {
	if b.URL != "" {
		if !k.allows(b.URL) {
			k.note("%s is left out: its address does not lead to the console", label(b.Label))
			return out
		}
		return append(out, item{Button: b})
	}
	text, err := compact(b.Do)
	if err != nil || len(text) > maxButtonValue-SealSize {
		k.note("%s is left out: it is too long for a button", label(b.Label))
		return out
	}
	return append(out, item{b, text})
}

// label is what stands on a button or above a menu, cut to Slack's limit.
func label(s string) string {
	return short(s, none, maxButtonText)
}

// id is a prefix for an action id that no other element of the message has.
func (k *canvas) id(kind string) string {
	k.elements++
	return kind + strconv.Itoa(k.elements)
}

// button draws a link or what invokes something; the latter under seal.
//
// The seal covers the invocation as text. Slack hands the value back as it is, so a changed byte is
// a broken seal.
func (k *canvas) button(i item) slack.BlockElement {
	if i.URL != "" {
		return slack.NewButtonBlockElement(k.id("u"), "", plainText(label(i.Label))).WithURL(i.URL).WithStyle(slack.Style(i.style()))
	}
	b := slack.NewButtonBlockElement(k.id("b"), k.seal.on(i.text), plainText(label(i.Label))).WithStyle(slack.Style(i.style()))
	if i.Confirm != "" {
		b.WithConfirm(confirmation(i.Button))
	}
	return b
}

// style lets only through what Slack knows: an unknown style fails the whole message.
func (b Button) style() Style {
	if b.Style == Primary || b.Style == Danger {
		return b.Style
	}
	return Default
}

// confirmation asks before something runs at once. Its button says the same word as the one that
// was clicked, and never "OK".
func confirmation(b Button) *slack.ConfirmationBlockObject {
	name := label(b.Label)
	c := slack.NewConfirmationBlockObject(
		plainText(Cut(name+"?", maxConfirmTitle)), plainText(Cut(or(defang(line(b.Confirm)), name), maxConfirmText)),
		plainText(Cut(name, maxConfirmButton)), plainText("Cancel"))
	if b.Style == Danger {
		c.WithStyle(slack.StyleDanger)
	}
	return c
}

// menu draws m as a select menu if all of its options fit one.
//
// An option's value takes 75 bytes, so most menus need the dictionary of pack.go; where even that
// is too small, the options become buttons behind ⋯. Two options that invoke the same thing would
// have one value, which Slack refuses; the second is left out.
func (k *canvas) menu(m Menu) (slack.BlockElement, bool) {
	if len(m.Options) == 0 {
		return nil, false
	}
	options := m.Options[:min(len(m.Options), maxOptions)]
	texts := make([]string, len(options))
	for i, o := range options {
		text, err := compact(m.Invocation(o))
		if err != nil {
			return nil, false
		}
		texts[i] = text
	}
	prefix := k.id("o")
	actionID, values, ok := pack(prefix+":", texts)
	if !ok {
		return nil, false
	}
	if lost := len(m.Options) - len(options); lost > 0 {
		k.note("%s: … %s", label(m.Label), count(lost, "more choice"))
	}
	s := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plainText(label(m.Label)), actionID)
	seen := map[string]bool{}
	for i, o := range options {
		if !seen[values[i]] {
			seen[values[i]] = true
			s.Options = append(s.Options, option(values[i]+k.seal.of(texts[i]), o.Label))
		}
	}
	return s, true
}

// option is one entry of a menu.
func option(value, name string) *slack.OptionBlockObject {
	return slack.NewOptionBlockObject(value, plainText(short(name, none, maxOptionText)), nil)
}

// hidden puts items behind ⋯. What asks first or does not fit there is a button after all.
//
// An overflow menu can't ask before it acts: its own confirm object would ask for all of its
// entries alike.
func (k *canvas) hidden(items []item) []slack.BlockElement {
	var menus, buttons []slack.BlockElement
	var open *slack.OverflowBlockElement // the menu that is being filled
	var inside []item
	for _, i := range items {
		if open != nil && i.Confirm == "" {
			if menu, ok := k.overflow(append(inside[:len(inside):len(inside)], i)); ok {
				*open, inside = *menu, append(inside, i)
				continue
			}
		}
		menu, ok := k.overflow([]item{i})
		if !ok || i.Confirm != "" {
			buttons = append(buttons, k.button(i))
			continue
		}
		menus = append(menus, menu)
		open, inside = menu, []item{i}
	}
	return append(menus, buttons...)
}

// overflow draws up to five items behind one ⋯.
func (k *canvas) overflow(items []item) (*slack.OverflowBlockElement, bool) {
	if len(items) > maxOverflow {
		return nil, false
	}
	texts := make([]string, len(items))
	for i, it := range items {
		texts[i] = cmp.Or(it.text, strconv.Quote(strconv.Itoa(i))) // of an address there is nothing to invoke
	}
	actionID, values, ok := pack(k.id("o")+":", texts)
	if !ok {
		return nil, false
	}
	m := slack.NewOverflowBlockElement(actionID)
	for i, it := range items {
		value := values[i]
		if it.text != "" {
			value += k.seal.of(it.text)
		}
		o := option(value, it.Label)
		o.URL = it.URL
		m.Options = append(m.Options, o)
	}
	return m, true
}

// actionIDs are b for a button, o for a choice (with the dictionary of its options behind the
// colon), u for a link. The number makes them unique in a message, which Slack demands.
var actionIDs = regexp.MustCompile(`^([bou])\d+(?::(.*))?$`)

// link is the value of a ⋯ entry that leads to an address.
var link = regexp.MustCompile(`^"\d+"$`)

// ReadAction is what a click asks for. A click on a link asks for nothing: its invocation has no
// command. An element that is not of this package's making, or whose value the seal does not know,
// is an error.
//
// The seal is looked at before anything is read from the text. A value without a tag is refused
// like a forged one.
func ReadAction(action *slack.BlockAction, seal Seal) (Invocation, error) {
	var in Invocation
	id := actionIDs.FindStringSubmatch(action.ActionID)
	if id == nil {
		return in, fmt.Errorf("read a click: action id %q is of another app or version", action.ActionID)
	}
	text, tag := action.Value, ""
	switch id[1] {
	case "u":
		if action.Value != "" {
			return in, fmt.Errorf("read a click: the link %q has a value", action.ActionID)
		}
		return in, nil
	case "b":
		text, tag = seal.cut(text)
	case "o":
		if link.MatchString(action.SelectedOption.Value) {
			return in, nil
		}
		value, cut := seal.cut(action.SelectedOption.Value)
		var err error
		if text, err = unpack(id[2], value); err != nil {
			return in, fmt.Errorf("read a click: %w", err)
		}
		tag = cut
	}
	if tag != seal.of(text) {
		return Invocation{}, fmt.Errorf("read a click on %q: %w", strings.TrimSpace(action.Text.Text), ErrSeal)
	}
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		return Invocation{}, fmt.Errorf("read a click on %q: %w", strings.TrimSpace(action.Text.Text), err)
	}
	return in, nil
}
