package s1

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// secretNames are parts of the names, in lower case, of fields whose values nobody may see: tokens with which a machine joins
// a site, license keys, passwords of archives, links that hand out a file to whoever has them.
var secretNames = []string{"token", "licensekey", "passphrase", "password", "secret", "apikey", "downloadurl", "downloadlink", "signedurl", "presignedurl"}

// Redact returns raw, which must be valid JSON, with the values of secret fields replaced by "•••" at any depth. Order and
// numbers stay as they are; null, empty and boolean values too, for they tell no secret. Bytes that are not UTF-8 become �.
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
		end := stringEnd(raw, at)
		value := valueStart(raw, end)
		if value < 0 || !isSecretName(raw[at:end]) {
			at = end
			continue
		}
		at = valueEnd(raw, value)
		if tells(raw[value:at]) {
			out = append(append(out, raw[copied:value]...), `"`+hidden+`"`...)
			copied = at
		}
	}
	if copied == 0 {
		return raw
	}
	return append(out, raw[copied:]...)
}

// tells tells whether a secret field's value says anything.
func tells(value []byte) bool {
	return !slices.Contains([]string{"null", `""`, "true", "false", "[]", "{}"}, string(value))
}

func isSecretName(quoted []byte) bool {
	name := string(quoted)
	if strings.Contains(name, `\`) {
		_ = json.Unmarshal(quoted, &name) // what cannot be read stays as it is written
	}
	name = squash(name)
	return slices.ContainsFunc(secretNames, func(s string) bool { return strings.Contains(name, s) })
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

// valueStart returns where the value starts if a colon follows at i, and -1 if what ended at i is no field's name.
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
