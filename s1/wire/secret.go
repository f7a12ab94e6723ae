package wire

import (
	"fmt"
	"io"
	"log/slog"
)

// Hidden is what is shown in place of a secret, here and in Redact.
const Hidden = "•••"

// Secret holds a token or a password. However it is printed, logged or marshalled, it shows •••;
// only Reveal tells. It holds a pointer because fmt reads unexported fields without asking their
// methods: it would find an address.
type Secret struct{ value *string }

// NewSecret hides s.
func NewSecret(s string) Secret { return Secret{&s} }

// Reveal returns what is hidden. Call it where the value is sent, and keep no copy.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Equal reports whether both hide the same. Two secrets are never equal by ==, not even if they
// were read from one file.
func (s Secret) Equal(other Secret) bool { return s.Reveal() == other.Reveal() }

// Empty tells whether nothing is hidden.
func (s Secret) Empty() bool { return s.Reveal() == "" }

// String returns •••, or nothing for an empty secret.
func (s Secret) String() string {
	if s.Empty() {
		return ""
	}
	return Hidden
}

// GoString returns the same as String, for %#v.
func (s Secret) GoString() string { return s.String() }

// Format writes the same as String for every verb, %x and %q included.
func (s Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, s.String()) }

// LogValue returns the same as String, for slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText returns the same as String; encoding/json uses it too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON returns the same as String, as a JSON string.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// UnmarshalText hides text, which may come from the environment or a form.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}
