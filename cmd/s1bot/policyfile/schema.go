package policyfile

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"unicode"

	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
)

// A schema is a JSON Schema, or a part of one.
type schema map[string]any

// Schema describes the file in JSON Schema (draft 7, which editors know best): they complete keys
// and words by it, and underline what the reader would refuse, as far as a schema can tell. What
// depends on several keys at once is left to the reader, apart from the effect of a rule.
//
// An editor has the schema as a file, perhaps of another version; so it errs on the side of taking
// what it does not know (see kind).
func Schema(commands []*catalog.Command) ([]byte, error) {
	known := vocabulary{commands: commands, roles: []string{policy.Operators, policy.Approvers}}
	s := describe(reflect.TypeFor[file](), known)
	s["$schema"] = "http://json-schema.org/draft-07/schema#"
	s["title"] = "Policy file of s1bot"
	for _, section := range s["properties"].(schema) {
		orEmpty(section.(schema))
	}
	return json.MarshalIndent(s, "", "  ")
}

// orEmpty lets a section of the file be there with nothing in it yet.
func orEmpty(section schema) {
	section["type"] = []string{section["type"].(string), "null"}
	delete(section, "minItems")
}

// describe is the schema of what is decoded into a type.
//
// It follows the same types as the walk (compare), case by case.
func describe(t reflect.Type, known vocabulary) schema {
	switch t.Kind() {
	case reflect.Pointer:
		return describe(t.Elem(), known)
	case reflect.Map:
		return schema{"type": "object", "additionalProperties": describe(t.Elem(), known)}
	case reflect.Struct:
		return describeKeys(t, known)
	case reflect.Slice:
		several := schema{"type": "array", "minItems": 1, "items": describe(t.Elem(), known)}
		if t.Elem().Kind() == reflect.String {
			return schema{"anyOf": []schema{describe(t.Elem(), known), several}}
		}
		return several
	case reflect.Int:
		return schema{"type": "integer", "minimum": 1}
	case reflect.Bool:
		return schema{"type": "boolean"}
	}
	return reflect.Zero(t).Interface().(interface{ kind() kind }).kind().schema(known)
}

// describeKeys is the schema of a mapping with fixed keys.
func describeKeys(t reflect.Type, known vocabulary) schema {
	properties := schema{}
	for _, f := range reflect.VisibleFields(t) {
		s := describe(f.Type, known)
		s["description"] = f.Tag.Get("doc")
		properties[f.Tag.Get("yaml")] = s
	}
	s := schema{"type": "object", "additionalProperties": false, "properties": properties}
	switch t {
	case reflect.TypeFor[role](): // or the members alone
		return schema{"anyOf": []schema{describe(reflect.TypeFor[list[member]](), known), s}}
	case reflect.TypeFor[console]():
		s["required"] = []string{"name", "url", "token_file"}
	case reflect.TypeFor[rule]():
		s["oneOf"] = []schema{{"required": []string{"allow"}}, {"required": []string{"approve"}}, {"required": []string{"deny"}}}
	case reflect.TypeFor[route]():
		s["anyOf"] = []schema{{"required": []string{"channel"}}, {"required": []string{"mute"}}}
	}
	return s
}

// scalar is any single value: a site may be called 2024, and YAML makes that a number.
func scalar() schema { return schema{"type": []string{"string", "number", "boolean"}} }

// formed is text of a form.
func formed(form *regexp.Regexp) schema {
	return schema{"type": "string", "pattern": form.String()}
}

// globs are names, and patterns for them, in upper and lower case. JSON Schema's patterns have no
// flag for that.
//
// Upper and lower case are no difference to policy.Pattern.
func globs(names []string) schema {
	var folded []string
	for _, name := range names {
		folded = append(folded, foldCase(name))
	}
	return schema{"anyOf": []schema{{"enum": names}, {"type": "string", "pattern": "[*?]|^(" + strings.Join(folded, "|") + ")$"}}}
}

// foldCase is a pattern for a word in upper and lower case.
func foldCase(word string) string {
	var b strings.Builder
	for _, c := range word {
		if upper, lower := unicode.ToUpper(c), unicode.ToLower(c); upper != lower {
			b.WriteString("[" + string(upper) + string(lower) + "]")
			continue
		}
		b.WriteString(regexp.QuoteMeta(string(c)))
	}
	return b.String()
}

func (prose) schema(vocabulary) schema { return scalar() }

func (glob) schema(vocabulary) schema { return scalar() }

// schema leaves names in other cases to the reader: eighty of them in each case make a pattern that
// nobody can read.
func (command) schema(known vocabulary) schema {
	return schema{"anyOf": []schema{{"enum": known.names()}, {"type": "string", "pattern": "[*?A-Z]"}}}
}

func (area) schema(known vocabulary) schema { return globs(known.areas()) }

func (risk) schema(vocabulary) schema { return schema{"enum": risks()} }

func (conversation) schema(vocabulary) schema { return formed(conversationForm) }

func (channel) schema(vocabulary) schema { return formed(channelForm) }

func (hours) schema(vocabulary) schema {
	return schema{"type": "string", "examples": []string{"08:00-18:00 Europe/Berlin", "Mon-Fri 08:00-18:00 Europe/Berlin"}}
}

// schema knows the roles of every policy only; others are those of the file.
func (roleName) schema(known vocabulary) schema {
	return schema{"anyOf": []schema{{"enum": known.roles}, scalar()}}
}

func (member) schema(vocabulary) schema {
	return schema{"type": "string", "examples": []string{"@soc", "S0LEADS01", "U0123456", "*"}}
}

func (timeout) schema(vocabulary) schema {
	return schema{"type": "string", "pattern": `^[+]?[0-9.]+[a-zµμ]`, "examples": []string{"30m", "1h30m"}}
}

func (source) schema(vocabulary) schema {
	return globs(sources())
}

func (severity) schema(vocabulary) schema { return globs(severities()) }

func (confidence) schema(vocabulary) schema { return globs(confidences()) }

func (mention) schema(vocabulary) schema { return formed(mentionForm) }

func (muting) schema(vocabulary) schema {
	return schema{"anyOf": []schema{{"type": "boolean"}, {"type": "string", "pattern": `^([0-9]{4}-|[TtFf])`}}}
}

func (timeOfDay) schema(vocabulary) schema {
	return schema{"type": "string", "pattern": `^[0-9]{1,2}:[0-9]{2}$`}
}

func (zone) schema(vocabulary) schema {
	return schema{"type": "string", "examples": []string{"Europe/Berlin", "America/New_York", "UTC"}}
}

func (newConsole) schema(vocabulary) schema { return formed(consoleForm) }

// schema does not know the consoles of the file.
func (consoleName) schema(vocabulary) schema { return scalar() }

func (consoleURL) schema(vocabulary) schema {
	return schema{"type": "string", "pattern": `^\s*[Hh][Tt][Tt][Pp][Ss]?://`, "examples": []string{"https://emea.sentinelone.net"}}
}

func (apiVersion) schema(vocabulary) schema { return formed(versionForm) }
