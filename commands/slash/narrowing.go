package slash

import (
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// maxNarrowWords is how many words stand for one argument: "nobody looked at".
const maxNarrowWords = 3

// narrow reads the bare words at the beginning that stand for arguments of a list: "threats open
// malicious", "alerts open critical". It comes before the main parameter gets its words, which would
// search for them: no threat is called "malicious", and people would read that there is none.
//
// Words that the command has of its own are taken wherever they begin. The names of choices are taken
// where nothing else is said: "rules active" are those in that state, and "rules Active Directory" have
// that name.
func (p *parser) narrow() error {
	means, rest := p.narrowing(p.main, true)
	if len(rest) > 0 {
		means, rest = p.narrowing(p.main, false)
	}
	p.main = rest
	keys := map[string]any{} // of the main parameter's filter
	for _, argument := range means {
		path, value, _ := strings.Cut(argument, "=")
		_, key, inside := strings.Cut(path, ".")
		if !inside {
			if _, err := p.named(text.Scan(argument)[0], nil); err != nil {
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

// narrowing is what the words at the beginning stand for, and the words behind them. The longest go first.
func (p *parser) narrowing(words []text.Token, choices bool) (means []string, rest []text.Token) {
	for n := min(maxNarrowWords, len(words)); n > 0; n-- {
		argument := p.means(words[:n])
		if argument == "" && choices {
			argument = p.choice(words[:n])
		}
		if argument != "" {
			more, rest := p.narrowing(words[n:], choices)
			return append([]string{argument}, more...), rest
		}
	}
	return nil, words
}

// plainly joins words in lower case; "" where one is quoted, which is meant as it stands.
func plainly(words []text.Token) string {
	said := make([]string, len(words))
	for i, t := range words {
		if t.Quoted {
			return ""
		}
		said[i] = strings.ToLower(t.Value)
	}
	return strings.Join(said, " ")
}

// means is what words of the command's own stand for, as "parameter=value" or, for a key of a filter,
// "parameter.key=value". What changes something has none but those that are for its lines.
func (p *parser) means(words []text.Token) string {
	said := plainly(words)
	if own := p.cmd.Plain[said]; own != "" || p.cmd.Risk != catalog.Read {
		return own
	}
	return p.cmd.Wording.Words[said]
}

// choice is the argument of which words are the name, if one parameter alone has it among its choices.
func (p *parser) choice(words []text.Token) string {
	said, found := plainly(words), ""
	if said == "" || p.cmd.Risk != catalog.Read {
		return ""
	}
	for _, f := range p.cmd.Fields {
		if f.Type.Name != "choice" || f.Name == p.cmd.Main || f.Hidden || catalog.Shapes(f.Name) || p.values[f.Name] != nil {
			continue
		}
		if _, err := f.Type.Read(said, p.in); err == nil {
			if found != "" {
				return ""
			}
			found = f.Name + "=" + text.Quote(said)
		}
	}
	return found
}

// filterBy gives the main parameter a filter with those keys and with what the other bare words stand for.
func (p *parser) filterBy(keys map[string]any) error {
	if len(keys) == 0 {
		return nil
	}
	f, err := mainField(p.cmd, p.cmd.Main)
	if err != nil {
		return err
	}
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
			if keys[key] != nil {
				return catalog.Wrong(f.Name, "%s is given twice", key)
			}
			keys[key] = value
		}
		p.main = nil
	}
	return p.set(f, text.Token{Value: string(catalog.Marshal(keys)), Quoted: true})
}
