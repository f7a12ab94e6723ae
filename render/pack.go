package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// An option of a menu takes 75 bytes, too few for most invocations; its element's action id takes
// 255, once for all options. So strings that the options share (ids, names of commands and
// arguments) stand in a dictionary in the action id, and an option's value refers to them:
// {"c":$0,"a":{$1:[$2]}}. In JSON a $ outside a string cannot be anything else.

// maxPacked leaves room for a tag, see Seal.
const maxPacked = maxOptionValue - SealSize

const references = "0123456789abcdefghijklmnopqrstuvwxyz"

// pack finds a dictionary with which every text fits an option's value, and the action id (prefix
// and dictionary) its limit.
//
// It adds one word after the other, the one that saves most, until everything fits or nothing more
// can be done: a few dozen rounds over short texts. The order of the words is the same for the same
// texts, so the same card drawn again is the same message.
func pack(prefix string, texts []string) (actionID string, values []string, ok bool) {
	var dictionary []string
	for {
		long := false
		values = values[:0]
		for _, t := range texts {
			v := squeeze(t, dictionary)
			values = append(values, v)
			long = long || len(v) > maxPacked
		}
		if !long {
			return prefix + strings.Join(dictionary, ","), values, true
		}
		room := maxActionID - len(prefix) - len(strings.Join(dictionary, ",")) - 1
		word := bestWord(values, room)
		if word == "" || len(dictionary) == len(references) {
			return "", nil, false
		}
		dictionary = append(dictionary, word)
	}
}

// bestWord is the string that takes most of the values that are still too long, and fits the room.
//
// A word of three bytes or less costs more as a reference than it saves.
func bestWord(values []string, room int) string {
	gain := map[string]int{}
	best := ""
	for _, v := range values {
		if len(v) <= maxPacked {
			continue
		}
		for _, w := range words(v) {
			if len(w) <= 3 || len(w) > room {
				continue
			}
			gain[w] += len(w) - len("$0")
			if best == "" || gain[w] > gain[best] || gain[w] == gain[best] && w < best {
				best = w
			}
		}
	}
	return best
}

// words are the strings in a JSON text, quotes included.
func words(text string) []string {
	var out []string
	for i := 0; i < len(text); {
		if text[i] != '"' {
			i++
			continue
		}
		end := closing(text, i)
		out = append(out, text[i:end])
		i = end
	}
	return out
}

// closing is the end of the string that begins at i.
func closing(text string, i int) int {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// squeeze is a JSON text with the words of the dictionary replaced by references.
func squeeze(text string, dictionary []string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		if text[i] != '"' {
			b.WriteByte(text[i])
			i++
			continue
		}
		word := text[i:closing(text, i)]
		i += len(word)
		for n, w := range dictionary {
			if w == word {
				word = "$" + references[n:n+1]
				break
			}
		}
		b.WriteString(word)
	}
	return b.String()
}

// unpack is the JSON text that pack made value and dictionary of.
//
// Both came back through Slack and may be anything; a reference that leads nowhere is an error, and
// the seal is checked on the result.
func unpack(dictionary, value string) (string, error) {
	list := words(dictionary)
	var b strings.Builder
	for i := 0; i < len(value); {
		switch value[i] {
		case '"':
			end := closing(value, i)
			b.WriteString(value[i:end])
			i = end
		case '$':
			n := strings.Index(references, value[min(i+1, len(value)-1):min(i+2, len(value))])
			if n < 0 || n >= len(list) {
				return "", fmt.Errorf("option %q refers to a word that %q does not hold", value, dictionary)
			}
			b.WriteString(list[n])
			i += 2
		default:
			b.WriteByte(value[i])
			i++
		}
	}
	return b.String(), nil
}

// compact is an invocation as JSON, as short as it gets.
//
// The seal's tag is over this text, so the way in which it is written must not change between
// versions.
func compact(in Invocation) (string, error) {
	if len(in.Args) > 0 { // Marshal would escape <, > and & in them
		var args bytes.Buffer
		if err := json.Compact(&args, in.Args); err != nil {
			return "", fmt.Errorf("arguments of %s: %w", in.Command, err)
		}
		in.Args = args.Bytes()
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(in); err != nil {
		return "", fmt.Errorf("encode %s: %w", in.Command, err)
	}
	return strings.TrimSpace(b.String()), nil
}
