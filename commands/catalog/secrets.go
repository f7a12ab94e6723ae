package catalog

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"slices"

	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// Secrets are the values of parameters that nobody may read, by the parameter's name. They stand
// beside the arguments, in memory; in the arguments themselves, which go into rows, buttons and the
// history, stands a mark instead. They live as long as the call. A request that waits has them
// sealed in its row if there is a key for it, and else asks again.
type Secrets map[string]s1.Secret

// Mark stands for a secret where one was given. It is what an s1.Secret shows of itself.
const Mark = "•••"

// ArchivePassword is the password of an archive that an endpoint makes. Where none is given the bot makes one and tells the
// caller alone.
type ArchivePassword struct{ s1.Secret }

func (ArchivePassword) Kind() Kind {
	return Kind{
		Name: "password", Widget: render.TextInput, Secret: true, Hint: "Leave it out and I'll generate one and show it only to you",
		Read: func(text string, _ text.Input) (any, error) { return text, nil },
	}
}

// Check tells what a password that was given lacks. Of a mark nothing can be told. The console's
// own rule is in s1.CheckPassword; a 400 after the approval would waste two people's time.
func (p ArchivePassword) Check(param string) error {
	if p.Empty() || p.Reveal() == Mark {
		return nil
	}
	if err := s1.CheckPassword(p.Secret); err != nil {
		e := Wrong(param, "it is too weak: %s", err)
		e.Hint = "leave it out and I'll generate one"
		return e
	}
	return nil
}

// MayHide reports whether any value of f is a secret.
func (f Field) MayHide() bool { return f.Type.Secret || f.Type.Tells != nil }

// Hides reports whether this value of f is a secret.
func (f Field) Hides(text string) bool {
	return text != "" && text != Mark && (f.Type.Secret || f.Type.Tells != nil && f.Type.Tells(text))
}

// Makes reports whether the bot makes the value of a parameter where nobody gives one: the password of an archive.
func (cmd *Command) Makes(param string) bool {
	f, ok := cmd.Lookup(param)
	return ok && f.Type.Secret
}

// Hide takes the secrets out of arguments that a person gave, and leaves marks. It is called on
// every way out: plans, errors, buttons, history.
func (cmd *Command) Hide(args json.RawMessage) (json.RawMessage, Secrets) {
	if !slices.ContainsFunc(cmd.Fields, Field.MayHide) {
		return args, nil
	}
	values, err := Object(args)
	if err != nil {
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

// Reveal puts the call's secrets in place of the marks. A secret that was not kept is asked for
// again. A mark that stands for nothing must not reach the console, where it would be the password
// of an archive.
func (cmd *Command) Reveal(call *Call, args json.RawMessage) (json.RawMessage, error) {
	values, err := Object(args)
	if err != nil {
		return args, nil // decode says what is wrong
	}
	for _, f := range cmd.Fields {
		if !f.MayHide() || values[f.Name] == nil || Word(values[f.Name]) != Mark {
			continue
		}
		secret, kept := call.Secrets[f.Name]
		if !kept {
			e := Wrong(f.Name, "it isn't stored anywhere, so it's gone")
			e.Hint = "type it again, or leave it out"
			return args, cmd.Explain(e, args)
		}
		values[f.Name] = Marshal(secret.Reveal())
	}
	return Marshal(values), nil
}

// Hides tells whether what a person writes under this name is a secret in any command.
func (c *Catalog) Hides(name, text string) bool {
	return slices.ContainsFunc(c.commands, func(cmd *Command) bool {
		f, ok := cmd.Lookup(name)
		return ok && f.Hides(text)
	})
}

// Of a password that the bot makes: enough for any archive, and nothing that looks like something else or means something to a
// shell.
const (
	// 20 characters, five of each class, are about a hundred bits.
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

// Pick returns a number below n, at most 256, each as likely as any other. Bytes that would favour
// the lower numbers are thrown away.
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

// Password returns the password that was given, or makes one and tells the caller, and them alone,
// before anything is asked of the console: an archive whose password nobody knows is of no use.
// What says what it opens. Where the person cannot be told, nothing is asked of the console, and
// the error says so.
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
			render.Note{render.Text("Nobody else can see it, and it isn't stored: copy it now.")},
		},
	})
}

// PasswordWords say which password an archive has, without saying it.
func PasswordWords(given ArchivePassword) string {
	if given.Empty() {
		return "generated by the bot and shown only to the requester"
	}
	return "given by the requester"
}
