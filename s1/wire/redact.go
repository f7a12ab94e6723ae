package wire

import (
	"bytes"
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// secretNames are parts of the names of fields whose values nobody may see: tokens with which a
// machine joins a site, license keys, passwords of archives, links that hand out a file to whoever
// has them.
var secretNames = bytes.Fields([]byte("token licensekey passphrase password secret apikey downloadurl downloadlink signedurl"))

// Redact returns raw, which must be valid JSON, with the values of secret fields replaced by "•••"
// at any depth. Order and numbers stay as they are; null, empty and boolean values too, for they
// tell no secret. Bytes that are not UTF-8 become �.
func Redact(raw json.RawMessage) json.RawMessage {
	if !utf8.Valid(raw) {
		raw = bytes.ToValidUTF8(raw, []byte("\uFFFD"))
	}
	var out []byte
	copied := 0
	for at := 0; at < len(raw); {
		if raw[at] != '"' {
			at++
			continue
		}
		from, to := secretAt(raw, at)
		if from < to {
			out = append(append(out, raw[copied:from]...), `"`+Hidden+`"`...)
			copied = to
		}
		at = to
	}
	if copied == 0 {
		return raw
	}
	return append(out, raw[copied:]...)
}

// secretAt looks at the string at i, be it a field's name or a value. It returns the span of the
// secret that goes with it, or an empty span where to go on.
func secretAt(raw []byte, i int) (from, to int) {
	end := stringEnd(raw, i)
	value := valueStart(raw, end)
	switch {
	case value < 0 && isSignedLink(raw[i:end]):
		return i, end
	case value < 0 || !isSecretName(raw[i:end]):
		return end, end
	}
	end = valueEnd(raw, value)
	if !tells(raw[value:end]) {
		return end, end
	}
	return value, end
}

// isSignedLink tells whether a string is a link that needs no log-in: cloud storage puts the key
// into the address.
func isSignedLink(quoted []byte) bool {
	return bytes.HasPrefix(quoted, []byte(`"http`)) && bytes.Contains(quoted, []byte("Signature="))
}

// tells tells whether a secret field's value says anything.
func tells(value []byte) bool {
	return !slices.Contains([]string{"null", `""`, "true", "false", "[]", "{}"}, string(value))
}

// isSecretName looks at the letters of a name alone, in lower case: api_token is apiToken. It is
// called for every field of every row and allocates for odd names only.
func isSecretName(quoted []byte) bool {
	if bytes.IndexByte(quoted, '\\') >= 0 {
		var name string
		_ = json.Unmarshal(quoted, &name) // it is valid JSON
		quoted = []byte(name)
	}
	var buffer [64]byte
	letters := buffer[:0]
	for _, c := range quoted {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if 'a' <= c && c <= 'z' {
			letters = append(letters, c)
		}
	}
	return slices.ContainsFunc(secretNames, func(s []byte) bool { return bytes.Contains(letters, s) })
}

// stringEnd returns the index after the JSON string that starts at i.
func stringEnd(raw []byte, i int) int {
	for i++; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(raw)
}

// valueStart returns where the value starts if a colon follows at i, and -1 if what ended at i is
// no field's name.
func valueStart(raw []byte, i int) int {
	i = skipSpace(raw, i)
	if i >= len(raw) || raw[i] != ':' {
		return -1
	}
	return skipSpace(raw, i+1)
}

// valueEnd returns the index after the JSON value that starts at i.
func valueEnd(raw []byte, i int) int {
	for depth := 0; i < len(raw); {
		switch raw[i] {
		case '"':
			i = stringEnd(raw, i)
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			depth--
			i++
		case ',', ':', ' ', '\n', '\r', '\t':
			i++
			continue
		default:
			for i < len(raw) && !bytes.ContainsRune([]byte(",]} \n\r\t"), rune(raw[i])) {
				i++
			}
		}
		if depth <= 0 {
			return i
		}
	}
	return len(raw)
}

func skipSpace(raw []byte, i int) int {
	for i < len(raw) && bytes.ContainsRune([]byte(" \n\r\t"), rune(raw[i])) {
		i++
	}
	return i
}
