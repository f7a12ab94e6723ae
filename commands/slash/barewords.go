package slash

import (
	"fmt"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// tail adds the bare words that follow an unquoted value to it: reason=beaconing to C2, start-time=2026-11-20 14:00.
func (p *parser) tail(t *text.Token, following []text.Token, belongs func(string) bool) int {
	n := 0
	for !t.Quoted && t.Value != "" && n < len(following) && following[n].Name == "" && belongs(following[n].Value) {
		t.Value += " " + following[n].Value
		n++
	}
	return n
}

// choiceWords adds the bare words that follow to a choice that has them in its name: verdict=False Positive. The longest name wins.
func (p *parser) choiceWords(f catalog.Field, t *text.Token, following []text.Token) int {
	whole, most, names := t.Value, 0, []string{t.Value}
	for !t.Quoted && most < min(len(following), maxChoiceWords) && following[most].Name == "" && !following[most].Quoted {
		whole += " " + following[most].Value
		names = append(names, whole)
		most++
	}
	for n := most; n > 0; n-- {
		if _, err := f.Type.Read(names[n], p.in); err == nil {
			t.Value = names[n]
			return n
		}
	}
	return 0
}

// anyWord is for texts: all that follows up to the next name belongs to them.
func anyWord(string) bool { return true }

// clockWord tells whether a word continues a date: a time of day, a zone, ago.
func clockWord(word string) bool {
	return text.ZoneWord(word) || word == "ago" || word == "at" || len(word) >= 4 && word[0] >= '0' && word[0] <= '9' && strings.Contains(word, ":")
}

// mainWords gives the bare words to the main parameter: several to a list, joined to a text.
func (p *parser) mainWords() error {
	p.timeBehind()
	if len(p.main) == 0 {
		return nil
	}
	f, err := mainField(p.cmd, p.main[0].Value)
	if err != nil {
		return err
	}
	if _, twice := p.values[f.Name]; twice && !f.List {
		return &catalog.UsageError{Problem: fmt.Sprintf("%s doesn't belong to any parameter", text.Quote(p.main[0].Value)), Hint: "put values with spaces in quotes"}
	}
	if f.Type.Verbatim {
		p.rawQuery(&p.main[0], p.main[1:])
		return p.set(f, p.main[0])
	}
	for f.List || f.Type.Selects != "" {
		taken, err := p.choiceBehind()
		if err != nil {
			return err
		}
		if !taken {
			break
		}
	}
	whole, between := text.Token{Quoted: true}, " "
	if f.Type.Selects != "" && !strings.HasPrefix(p.main[0].Value, "{") {
		between = "," // names or ids of what a filter selects
	}
	words := make([]string, len(p.main))
	for i, t := range p.main {
		words[i] = t.Value
		if f.List && strings.HasPrefix(t.Value, "[") {
			t.Items = catalog.ListWords(t.Value)
		}
		whole.Items = append(whole.Items, t.Items...)
	}
	whole.Value = strings.Join(words, between)
	return p.set(f, whole)
}

// timeBehind takes "for 4 hours" at the end of the bare words for how long, where a command has a time: "isolate DESKTOP-1 for 4h reason=x".
func (p *parser) timeBehind() {
	at := slices.IndexFunc(p.main, func(t text.Token) bool { return p.isFor(t.Value) && !t.Quoted })
	if at < 0 || p.extras.For != 0 {
		return
	}
	var words []string
	for _, t := range p.main[at+1:] {
		words = append(words, t.Value)
	}
	if span, err := catalog.ReadSpan(strings.Join(words, " ")); err == nil && span > 0 {
		p.extras.For, p.main = span, p.main[:at]
	}
}

// choiceBehind takes the last bare words for a choice that must be made, where they are one: "status evil.exe resolved". At least one word
// stays for the main parameter.
func (p *parser) choiceBehind() (bool, error) {
	for _, f := range p.cmd.Fields {
		if _, given := p.values[f.Name]; given || f.Type.Name != "choice" || f.List || !f.Required || f.Hidden {
			continue
		}
		for at := max(1, len(p.main)-maxChoiceWords-1); at < len(p.main); at++ { // the longest name wins
			words := p.main[at].Value
			for _, t := range p.main[at+1:] {
				words += " " + t.Value
			}
			if _, err := f.Type.Read(words, p.in); err == nil {
				p.main = p.main[:at]
				return true, p.set(f, text.Token{Value: words, Quoted: true})
			}
		}
	}
	return false, nil
}

// mainField is where bare words go. The error lists the names, because a person who writes bare
// words does not know them.
func mainField(cmd *catalog.Command, value string) (catalog.Field, error) {
	i := slices.IndexFunc(cmd.Fields, func(f catalog.Field) bool { return f.Name == cmd.Main && !f.Hidden })
	if i >= 0 {
		return cmd.Fields[i], nil
	}
	hint := "it takes no parameters"
	if names := catalog.ParamNames(cmd.Fields); len(names) > 0 {
		hint = "write name=value; the parameters are " + strings.Join(names, ", ")
	}
	return catalog.Field{}, &catalog.UsageError{Problem: fmt.Sprintf("%s doesn't belong to any parameter", text.Quote(value)), Hint: hint}
}
