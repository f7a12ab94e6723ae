package commands

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

// Secrets are the values of parameters that nobody may read, by the parameter's name. They stand beside the arguments, in
// memory; in the arguments themselves, which go into rows, buttons and the history, stands a mark instead.
type Secrets map[string]s1.Secret

// Mark stands for a secret where one was given. It is what an s1.Secret shows of itself.
const Mark = "•••"

// archivePassword is the password of an archive that an endpoint makes. Where none is given the bot makes one and tells the
// caller alone.
type archivePassword struct{ s1.Secret }

func (archivePassword) kind() kind {
	return kind{
		name: "password", widget: render.TextInput, secret: true, hint: "Leave it out and the bot makes one, for your eyes only",
		read: func(text string, _ Input) (any, error) { return text, nil },
	}
}

// check tells what a password that was given lacks. Of a mark nothing can be told.
func (p archivePassword) check(param string) error {
	if p.Empty() || p.Reveal() == Mark {
		return nil
	}
	if err := s1.CheckPassword(p.Secret); err != nil {
		e := wrong(param, "it is too weak: %s", err)
		e.Hint = "leave it out and the bot makes one"
		return e
	}
	return nil
}

// mayHide reports whether any value of f is a secret.
func (f field) mayHide() bool { return f.kind.secret || f.kind.tells != nil }

// hides reports whether this value of f is a secret.
func (f field) hides(text string) bool {
	return text != "" && text != Mark && (f.kind.secret || f.kind.tells != nil && f.kind.tells(text))
}

// Hide takes the secrets out of arguments that a person gave, and leaves marks.
func (cmd *Command) Hide(args json.RawMessage) (json.RawMessage, Secrets) {
	values, err := object(args)
	if err != nil || !slices.ContainsFunc(cmd.fields, field.mayHide) {
		return args, nil
	}
	secrets := Secrets{}
	for _, f := range cmd.fields {
		if text := word(values[f.Name]); values[f.Name] != nil && f.hides(text) {
			secrets[f.Name], values[f.Name] = s1.NewSecret(text), marshal(Mark)
		}
	}
	if len(secrets) == 0 {
		return args, secrets
	}
	return marshal(values), secrets
}

// reveal puts the call's secrets in place of the marks. A secret that was not kept is asked for again.
func (cmd *Command) reveal(call *Call, args json.RawMessage) (json.RawMessage, error) {
	values, err := object(args)
	if err != nil {
		return args, nil // decode says what is wrong
	}
	for _, f := range cmd.fields {
		if !f.mayHide() || values[f.Name] == nil || word(values[f.Name]) != Mark {
			continue
		}
		secret, kept := call.Secrets[f.Name]
		if !kept {
			e := wrong(f.Name, "it is not kept anywhere, so it is gone")
			e.Hint = "type it again, or leave it out"
			return args, cmd.explain(e, args)
		}
		values[f.Name] = marshal(secret.Reveal())
	}
	return marshal(values), nil
}

// spacedName is a parameter's name as people write it, with the = and what stands around it.
var spacedName = regexp.MustCompile(`^(?:--?|–|—)?` + nameForm + `[\s\pZ]*=([\s\pZ]*)`)

// flagged is a parameter's name as a flag of other programs, with the blanks behind it. It is refused, and masked all the same.
var flagged = regexp.MustCompile(`^(?:--?|–|—)` + nameForm + `([\s\pZ]+)`)

// Mask takes the secrets out of slash text, whatever else is wrong with it, so that it can be written down.
func (c *Catalog) Mask(text string) string {
	var b strings.Builder
	for text != "" {
		rest := trimSpace(text)
		b.WriteString(text[:len(text)-len(rest)])
		if head, after, ok := c.cutSecret(rest); ok {
			b.WriteString(head + Mark)
			text = after
			continue
		}
		v := valueScanner{rest: rest[len(namePart.FindString(rest)):]}
		v.scan()
		b.WriteString(rest[:len(rest)-len(v.rest)])
		text = v.rest
	}
	return b.String()
}

// cutSecret cuts a secret off the beginning of a text: its name and =, and what follows it. A secret that shows in words only, such
// as a script's input, goes on to the next name.
func (c *Catalog) cutSecret(text string) (head, after string, ok bool) {
	m := spacedName.FindStringSubmatch(text)
	if m == nil {
		m = flagged.FindStringSubmatch(text)
	}
	if m == nil {
		return "", text, false
	}
	m[1] = plainName(m[1])
	value := text[len(m[0]):]
	for v := (valueScanner{rest: value}); v.rest != "" && (!c.begins(v.rest) || v.rest == value && m[2] == ""); {
		v.rest = v.rest[len(namePart.FindString(v.rest)):] // an input has flags of its own: --token=x
		v.scan()
		if c.Hides(m[1], value[:len(value)-len(v.rest)]) {
			after, ok = v.rest, true
		}
		if ok && c.wholly(m[1]) {
			break // a word is all of it
		}
		v = valueScanner{rest: trimSpace(v.rest)}
	}
	return strings.TrimSuffix(m[0], m[2]), after, ok
}

// begins tells whether a text begins with the name of a parameter that stands beside secrets, so that the secret before it ends. A
// name behind dashes may be an input's own flag.
func (c *Catalog) begins(text string) bool {
	m := namePart.FindStringSubmatch(text)
	if m == nil || !strings.HasPrefix(text, m[1]) {
		return false
	}
	plain := squash(m[1])
	called := func(f field) bool {
		return squash(f.Name) == plain || slices.ContainsFunc(f.Aliases, func(a string) bool { return squash(a) == plain })
	}
	return slices.Contains([]string{ReasonParam, TicketParam, ForParam}, plain) || slices.ContainsFunc(c.commands, func(cmd *Command) bool {
		return slices.ContainsFunc(cmd.fields, field.mayHide) && slices.ContainsFunc(cmd.fields, called)
	})
}

// wholly tells whether whatever stands under this name is a secret.
func (c *Catalog) wholly(name string) bool {
	return slices.ContainsFunc(c.commands, func(cmd *Command) bool {
		f, err := cmd.field(name)
		return err == nil && f.kind.secret
	})
}

// Hides tells whether what a person writes under this name is a secret in any command.
func (c *Catalog) Hides(name, text string) bool {
	return slices.ContainsFunc(c.commands, func(cmd *Command) bool {
		f, err := cmd.field(name)
		return err == nil && f.hides(text)
	})
}

// Of a password that the bot makes: enough for any archive, and nothing that looks like something else or means something to a
// shell.
const (
	passwordLength = 20
	uppers         = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	lowers         = "abcdefghijkmnpqrstuvwxyz"
	digits         = "23456789"
	symbols        = "+-=@#"
)

// newPassword makes a password with characters of every class.
func newPassword(source io.Reader) (s1.Secret, error) {
	if source == nil {
		source = rand.Reader
	}
	classes := []string{uppers, lowers, digits, symbols}
	made := make([]byte, passwordLength)
	for i := range made {
		class := classes[i%len(classes)]
		c, err := pick(source, len(class))
		if err != nil {
			return s1.Secret{}, err
		}
		made[i] = class[c]
	}
	for i := len(made) - 1; i > 0; i-- { // so that nobody knows which class stands where
		j, err := pick(source, i+1)
		if err != nil {
			return s1.Secret{}, err
		}
		made[i], made[j] = made[j], made[i]
	}
	return s1.NewSecret(string(made)), nil
}

// pick returns a number below n, at most 256, each as likely as any other.
func pick(source io.Reader, n int) (int, error) {
	var b [1]byte
	for {
		if _, err := io.ReadFull(source, b[:]); err != nil {
			return 0, err
		}
		if int(b[0]) < 256-256%n {
			return int(b[0]) % n, nil
		}
	}
}

// password returns the password that was given, or makes one and tells the caller, and them alone, before anything is asked of
// the console: an archive whose password nobody knows is of no use. What says what it opens.
func (c *Call) password(ctx context.Context, given archivePassword, what string) (s1.Secret, error) {
	if !given.Empty() {
		return given.Secret, nil
	}
	made, err := newPassword(c.Random)
	if err != nil || c.Tell == nil {
		return made, err
	}
	return made, c.Tell(ctx, render.Card{
		Tone: render.Info, Title: "Your password", Text: "The password of your archive",
		Parts: []render.Part{
			render.Line{render.Text("It opens "), render.Text(what), render.Text(": "), render.Mono(made.Reveal())},
			render.Note{render.Text("Nobody else sees it and it is kept nowhere: copy it now.")},
		},
	})
}

// passwordWords say which password an archive has, without saying it.
func passwordWords(given archivePassword) string {
	if given.Empty() {
		return "made by the bot; only who asked is told"
	}
	return "given by who asked"
}
