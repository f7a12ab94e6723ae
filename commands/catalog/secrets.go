package catalog

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"

	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// Secrets are the values of parameters that nobody may read, by the parameter's name. They stand beside the arguments, in
// memory; in the arguments themselves, which go into rows, buttons and the history, stands a mark instead.
type Secrets map[string]s1.Secret

// Mark stands for a secret where one was given. It is what an s1.Secret shows of itself.
const Mark = "•••"

// ArchivePassword is the password of an archive that an endpoint makes. Where none is given the bot makes one and tells the
// caller alone.
type ArchivePassword struct{ s1.Secret }

func (ArchivePassword) Kind() Kind {
	return Kind{
		Name: "password", Widget: render.TextInput, secret: true, Hint: "Leave it out and the bot makes one, for your eyes only",
		Read: func(text string, _ text.Input) (any, error) { return text, nil },
	}
}

// Check tells what a password that was given lacks. Of a mark nothing can be told.
func (p ArchivePassword) Check(param string) error {
	if p.Empty() || p.Reveal() == Mark {
		return nil
	}
	if err := s1.CheckPassword(p.Secret); err != nil {
		e := Wrong(param, "it is too weak: %s", err)
		e.Hint = "leave it out and the bot makes one"
		return e
	}
	return nil
}

// mayHide reports whether any value of f is a secret.
func (f field) mayHide() bool { return f.kind.secret || f.kind.Tells != nil }

// Hides reports whether this value of f is a secret.
func (f field) Hides(text string) bool {
	return text != "" && text != Mark && (f.kind.secret || f.kind.Tells != nil && f.kind.Tells(text))
}

// Hide takes the secrets out of arguments that a person gave, and leaves marks.
func (cmd *Command) Hide(args json.RawMessage) (json.RawMessage, Secrets) {
	values, err := Object(args)
	if err != nil || !slices.ContainsFunc(cmd.Fields, field.mayHide) {
		return args, nil
	}
	secrets := Secrets{}
	for _, f := range cmd.Fields {
		if text := Word(values[f.Name]); values[f.Name] != nil && f.Hides(text) {
			secrets[f.Name], values[f.Name] = s1.NewSecret(text), Marshal(Mark)
		}
	}
	if len(secrets) == 0 {
		return args, secrets
	}
	return Marshal(values), secrets
}

// Reveal puts the call's secrets in place of the marks. A secret that was not kept is asked for again.
func (cmd *Command) Reveal(call *Call, args json.RawMessage) (json.RawMessage, error) {
	values, err := Object(args)
	if err != nil {
		return args, nil // decode says what is wrong
	}
	for _, f := range cmd.Fields {
		if !f.mayHide() || values[f.Name] == nil || Word(values[f.Name]) != Mark {
			continue
		}
		secret, kept := call.Secrets[f.Name]
		if !kept {
			e := Wrong(f.Name, "it is not kept anywhere, so it is gone")
			e.Hint = "type it again, or leave it out"
			return args, cmd.explain(e, args)
		}
		values[f.Name] = Marshal(secret.Reveal())
	}
	return Marshal(values), nil
}

// spacedName is a parameter's name as people write it, with the = and what stands around it.
var spacedName = regexp.MustCompile(`^(?:--?|–|—)?` + text.NameForm + `[\s\pZ]*=([\s\pZ]*)`)

// flagged is a parameter's name as a flag of other programs, with the blanks behind it. It is refused, and masked all the same.
var flagged = regexp.MustCompile(`^(?:--?|–|—)` + text.NameForm + `([\s\pZ]+)`)

// Mask takes the secrets out of slash text, whatever else is wrong with it, so that it can be written down.
func (c *Catalog) Mask(typed string) string {
	var b strings.Builder
	for typed != "" {
		rest := text.TrimSpace(typed)
		b.WriteString(typed[:len(typed)-len(rest)])
		if head, after, ok := c.cutSecret(rest); ok {
			b.WriteString(head + Mark)
			typed = after
			continue
		}
		v := text.ValueScanner{Rest: rest[len(text.NamePart.FindString(rest)):]}
		v.Scan()
		b.WriteString(rest[:len(rest)-len(v.Rest)])
		typed = v.Rest
	}
	return b.String()
}

// cutSecret cuts a secret off the beginning of a text: its name and =, and what follows it. A secret that shows in words only, such
// as a script's input, goes on to the next name.
func (c *Catalog) cutSecret(typed string) (head, after string, ok bool) {
	m := spacedName.FindStringSubmatch(typed)
	if m == nil {
		m = flagged.FindStringSubmatch(typed)
	}
	if m == nil {
		return "", typed, false
	}
	m[1] = text.PlainName(m[1])
	value := typed[len(m[0]):]
	for v := (text.ValueScanner{Rest: value}); v.Rest != "" && (!c.begins(v.Rest) || v.Rest == value && m[2] == ""); {
		v.Rest = v.Rest[len(text.NamePart.FindString(v.Rest)):] // an input has flags of its own: --token=x
		v.Scan()
		if c.Hides(m[1], value[:len(value)-len(v.Rest)]) {
			after, ok = v.Rest, true
		}
		if ok && c.wholly(m[1]) {
			break // a word is all of it
		}
		v = text.ValueScanner{Rest: text.TrimSpace(v.Rest)}
	}
	return strings.TrimSuffix(m[0], m[2]), after, ok
}

// begins tells whether a text begins with the name of a parameter that stands beside secrets, so that the secret before it ends. A
// name behind dashes may be an input's own flag.
func (c *Catalog) begins(typed string) bool {
	m := text.NamePart.FindStringSubmatch(typed)
	if m == nil || !strings.HasPrefix(typed, m[1]) {
		return false
	}
	plain := text.Squash(m[1])
	called := func(f field) bool {
		return text.Squash(f.Name) == plain || slices.ContainsFunc(f.Aliases, func(a string) bool { return text.Squash(a) == plain })
	}
	return slices.Contains([]string{ReasonParam, TicketParam, ForParam}, plain) || slices.ContainsFunc(c.commands, func(cmd *Command) bool {
		return slices.ContainsFunc(cmd.Fields, field.mayHide) && slices.ContainsFunc(cmd.Fields, called)
	})
}

// wholly tells whether whatever stands under this name is a secret.
func (c *Catalog) wholly(name string) bool {
	return slices.ContainsFunc(c.commands, func(cmd *Command) bool {
		f, err := cmd.Field(name)
		return err == nil && f.kind.secret
	})
}

// Hides tells whether what a person writes under this name is a secret in any command.
func (c *Catalog) Hides(name, text string) bool {
	return slices.ContainsFunc(c.commands, func(cmd *Command) bool {
		f, err := cmd.Field(name)
		return err == nil && f.Hides(text)
	})
}

// Of a password that the bot makes: enough for any archive, and nothing that looks like something else or means something to a
// shell.
const (
	PasswordLength = 20
	uppers         = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	lowers         = "abcdefghijkmnpqrstuvwxyz"
	digits         = "23456789"
	symbols        = "+-=@#"
)

// NewPassword makes a password with characters of every class.
func NewPassword(source io.Reader) (s1.Secret, error) {
	if source == nil {
		source = rand.Reader
	}
	classes := []string{uppers, lowers, digits, symbols}
	made := make([]byte, PasswordLength)
	for i := range made {
		class := classes[i%len(classes)]
		c, err := Pick(source, len(class))
		if err != nil {
			return s1.Secret{}, err
		}
		made[i] = class[c]
	}
	for i := len(made) - 1; i > 0; i-- { // so that nobody knows which class stands where
		j, err := Pick(source, i+1)
		if err != nil {
			return s1.Secret{}, err
		}
		made[i], made[j] = made[j], made[i]
	}
	return s1.NewSecret(string(made)), nil
}

// Pick returns a number below n, at most 256, each as likely as any other.
func Pick(source io.Reader, n int) (int, error) {
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

// Password returns the password that was given, or makes one and tells the caller, and them alone, before anything is asked of
// the console: an archive whose password nobody knows is of no use. What says what it opens.
func (c *Call) Password(ctx context.Context, given ArchivePassword, what string) (s1.Secret, error) {
	if !given.Empty() {
		return given.Secret, nil
	}
	made, err := NewPassword(c.Random)
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

// PasswordWords say which password an archive has, without saying it.
func PasswordWords(given ArchivePassword) string {
	if given.Empty() {
		return "made by the bot; only who asked is told"
	}
	return "given by who asked"
}
