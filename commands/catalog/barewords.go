package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

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
func (p *parser) choiceWords(f field, t *text.Token, following []text.Token) int {
	whole, most, names := t.Value, 0, []string{t.Value}
	for !t.Quoted && most < min(len(following), maxChoiceWords) && following[most].Name == "" && !following[most].Quoted {
		whole += " " + following[most].Value
		names = append(names, whole)
		most++
	}
	for n := most; n > 0; n-- {
		if _, err := f.kind.Read(names[n], p.in); err == nil {
			t.Value = names[n]
			return n
		}
	}
	return 0
}

func anyWord(string) bool { return true }

// clockWord tells whether a word continues a date: a time of day, a zone, ago.
func clockWord(word string) bool {
	return text.ZoneWord(word) || word == "ago" || word == "at" || len(word) >= 4 && word[0] >= '0' && word[0] <= '9' && strings.Contains(word, ":")
}

// listWords reads a list in brackets: JSON, or words with or without quotes.
func listWords(typed string) []string {
	for _, candidate := range []string{typed, Typographic.Replace(typed)} {
		var list []json.RawMessage
		if json.Unmarshal([]byte(candidate), &list) != nil {
			continue
		}
		words := make([]string, len(list))
		for i, element := range list {
			words[i] = Word(element)
		}
		return words
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(typed), "["), "]")
	var words []string
	for _, t := range text.Scan(inner) {
		words = append(words, t.Items...)
	}
	return words
}

// plain reads the first bare word as what the command says that it stands for.
func (p *parser) plain() error {
	if len(p.main) == 0 || p.main[0].Quoted {
		return nil
	}
	means, ok := p.cmd.Plain[strings.ToLower(p.main[0].Value)]
	if !ok {
		return nil
	}
	p.main = p.main[1:]
	_, err := p.named(text.Scan(means)[0], nil)
	return err
}

// mainWords gives the bare words to the main parameter: several to a list, joined to a text.
func (p *parser) mainWords() error {
	if len(p.main) == 0 {
		return nil
	}
	f, err := p.cmd.mainField(p.main[0].Value)
	if err != nil {
		return err
	}
	if _, twice := p.values[f.Name]; twice && !f.List {
		return &UsageError{Problem: fmt.Sprintf("%s belongs to no parameter", text.Quote(p.main[0].Value)), Hint: "put values with spaces in quotes"}
	}
	if f.kind.Verbatim {
		p.verbatim(&p.main[0], p.main[1:])
		return p.set(f, p.main[0])
	}
	for f.List || f.kind.Selects != "" {
		taken, err := p.choiceBehind()
		if err != nil {
			return err
		}
		if !taken {
			break
		}
	}
	whole, between := text.Token{Quoted: true}, " "
	if f.kind.Selects != "" && !strings.HasPrefix(p.main[0].Value, "{") {
		between = "," // names or ids of what a filter selects
	}
	for i, t := range p.main {
		if i > 0 {
			whole.Value += between
		}
		whole.Value += t.Value
		whole.Items = append(whole.Items, t.Items...)
		if f.List && strings.HasPrefix(t.Value, "[") {
			whole.Items = append(whole.Items[:len(whole.Items)-len(t.Items)], listWords(t.Value)...)
		}
	}
	return p.set(f, whole)
}

// choiceBehind takes the last bare words for a choice that must be made, where they are one: "status evil.exe resolved". At least one word
// stays for the main parameter.
func (p *parser) choiceBehind() (bool, error) {
	for _, f := range p.cmd.Fields {
		if _, given := p.values[f.Name]; given || f.kind.Name != "choice" || f.List || !f.Required || f.hidden {
			continue
		}
		for at := max(1, len(p.main)-maxChoiceWords-1); at < len(p.main); at++ { // the longest name wins
			words := p.main[at].Value
			for _, t := range p.main[at+1:] {
				words += " " + t.Value
			}
			if _, err := f.kind.Read(words, p.in); err == nil {
				p.main = p.main[:at]
				return true, p.set(f, text.Token{Value: words, Quoted: true})
			}
		}
	}
	return false, nil
}

func (cmd *Command) mainField(value string) (field, error) {
	i := slices.IndexFunc(cmd.Fields, func(f field) bool { return f.Name == cmd.Main && !f.hidden })
	if i >= 0 {
		return cmd.Fields[i], nil
	}
	hint := "it takes no parameters"
	if names := namesOf(cmd.Fields); len(names) > 0 {
		hint = "write name=value; the parameters are " + strings.Join(names, ", ")
	}
	return field{}, &UsageError{Problem: fmt.Sprintf("%s belongs to no parameter", text.Quote(value)), Hint: hint}
}
