package slash

import (
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// maxNarrowWords is how many words stand for one argument: "nobody looked at".
const maxNarrowWords = 3

// narrow reads the bare words at the beginning that stand for arguments of a list: "threats open
// malicious", "alerts open critical". It comes before the main parameter gets its words, which would
// search for them: no threat is called "malicious", and people would read that there is none.
func (p *parser) narrow() error {
	keys := map[string]any{} // of the main parameter's filter
	for len(p.main) > 0 {
		n, means := p.narrowing()
		if n == 0 {
			break
		}
		p.main = p.main[n:]
		path, value, _ := strings.Cut(means, "=")
		_, key, inside := strings.Cut(path, ".")
		if !inside {
			if _, err := p.named(text.Scan(means)[0], nil); err != nil {
				return err
			}
			continue
		}
		if keys[key] != nil {
			return catalog.Wrong(p.cmd.Main, "%s is given twice", key)
		}
		keys[key] = strings.Split(value, ",")
	}
	return p.filterBy(keys)
}

// narrowing is what the first words stand for, and how many they are: the longest that the command
// has, or a choice that one of its parameters alone has.
func (p *parser) narrowing() (n int, means string) {
	for n := min(maxNarrowWords, len(p.main)); n > 0; n-- {
		words := make([]string, n)
		for i, t := range p.main[:n] {
			if t.Quoted {
				words = nil
				break
			}
			words[i] = strings.ToLower(t.Value)
		}
		if means := p.means(strings.Join(words, " ")); means != "" {
			return n, means
		}
	}
	return 0, ""
}

// means is what words stand for, as "parameter=value" or, for a key of a filter, "parameter.key=value".
func (p *parser) means(words string) string {
	if words == "" || p.cmd.Plain[words] != "" || p.cmd.Risk != catalog.Read {
		return p.cmd.Plain[words]
	}
	if means := p.cmd.Wording.Words[words]; means != "" {
		return means
	}
	var choices []string
	for _, f := range p.cmd.Fields {
		if f.Type.Name == "choice" && f.Name != p.cmd.Main && !f.Hidden && p.values[f.Name] == nil {
			if _, err := f.ReadOne(words, p.in); err == nil {
				choices = append(choices, f.Name+"="+text.Quote(words))
			}
		}
	}
	if len(choices) != 1 {
		return ""
	}
	return choices[0]
}

// filterBy gives the main parameter a filter with those keys and with what the other bare words stand for.
func (p *parser) filterBy(keys map[string]any) error {
	if len(keys) == 0 {
		return nil
	}
	at := slices.IndexFunc(p.cmd.Fields, func(f catalog.Field) bool { return f.Name == p.cmd.Main })
	f := p.cmd.Fields[at]
	if _, twice := p.values[f.Name]; twice {
		return catalog.Wrong(f.Name, "it is given twice")
	}
	if len(p.main) > 0 {
		words := make([]string, len(p.main))
		for i, t := range p.main {
			words[i] = t.Value
		}
		value, err := f.ReadOne(strings.Join(words, " "), p.in)
		if err != nil {
			return err
		}
		more, err := catalog.Object(catalog.Marshal(value))
		if err != nil {
			return err
		}
		for key, value := range more {
			keys[key] = value
		}
		p.main = nil
	}
	return p.set(f, text.Token{Value: string(catalog.Marshal(keys)), Quoted: true})
}
