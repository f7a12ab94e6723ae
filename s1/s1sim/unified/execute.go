package unified

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"s1bot/s1/s1sim/wire"
)

// A failure is an entry of errors.
type failure struct{ message, classification string }

func (f failure) Error() string { return f.message }

// fetching is what goes wrong while a document runs.
func fetching(message string) error { return failure{message, "DataFetchingException"} }

// serve answers a document: with status 200, whatever becomes of it. Only what is refused before
// the document is read has another one: the token, the rate.
func serve(l *List, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	if len(l.problems) > 0 {
		p := l.problems[0]
		l.problems = l.problems[1:]
		if !p.beside {
			return answer(nil, fetching(p.message)), nil
		}
		data, _ := l.run(body)
		return answer(data, fetching(p.message)), nil
	}
	data, err := l.run(body)
	if err != nil {
		return answer(nil, err), nil
	}
	return answer(data, nil), nil
}

// answer writes data and errors side by side; the service has both where a part went wrong. The
// place in the document is made up.
func answer(data any, err error) wire.Answer {
	o := wire.Object{"data": data}
	var f failure
	if err != nil {
		if !errors.As(err, &f) {
			f = failure{err.Error(), "ExecutionAborted"}
		}
		o["errors"] = []any{wire.Object{"message": f.message, "locations": []any{wire.Object{"line": 1, "column": 1}}, "extensions": wire.Object{"classification": f.classification}}}
	}
	return wire.JSON(http.StatusOK, o)
}

// run does what a document says, and returns what it selected. A field that this release lacks is
// looked for before variables are read, since a document that does not fit is refused whole.
func (l *List) run(body wire.Object) (wire.Object, error) {
	text, _ := body["query"].(string)
	doc, problems := gqlparser.LoadQueryWithRules(l.schema, text, rules.NewDefaultRules())
	if len(problems) > 0 {
		return nil, invalid(problems[0])
	}
	op := doc.Operations.ForName(wire.Plain(orEmpty(body["operationName"])))
	if op == nil {
		return nil, failure{"Must provide operation name if query contains multiple operations.", "ValidationError"}
	}
	if err := l.known(op.SelectionSet, ""); err != nil {
		return nil, err
	}
	given, _ := body["variables"].(wire.Object)
	vars, err := validator.VariableValues(l.schema, op, given)
	if err != nil {
		return nil, failure{"Variable has an invalid value: " + err.Error(), "ValidationError"}
	}
	return l.fields(op, vars)
}

func orEmpty(v any) any {
	if v == nil {
		return ""
	}
	return v
}

// known refuses the fields of an alert that this console's release does not have.
func (l *List) known(set ast.SelectionSet, at string) error {
	for _, s := range set {
		f, ok := s.(*ast.Field)
		if !ok {
			continue
		}
		if f.ObjectDefinition.Name == "Alert" && slices.Contains(l.lacking, f.Name) {
			return undefinedField(strings.TrimPrefix(at+"/"+f.Name, "/"), f.Name, "Alert")
		}
		if err := l.known(f.SelectionSet, at+"/"+f.Name); err != nil {
			return err
		}
	}
	return nil
}

func undefinedField(path, name, kind string) error {
	return failure{fmt.Sprintf("Validation error (FieldUndefined@[%s]) : Field '%s' in type '%s' is undefined", path, name, kind), "ValidationError"}
}

// invalid words a document that does not fit the schema as the service does.
func invalid(e *gqlerror.Error) error {
	kinds := map[string]string{"FieldsOnCorrectType": "FieldUndefined", "VariablesInAllowedPosition": "VariableTypeMismatch", "KnownTypeNames": "UnknownType",
		"KnownArgumentNames": "UnknownArgument", "ValuesOfCorrectType": "WrongType", "ProvidedRequiredArguments": "MissingFieldArgument"}
	if kind := kinds[e.Rule]; kind != "" {
		return failure{fmt.Sprintf("Validation error (%s@[]) : %s", kind, e.Message), "ValidationError"}
	}
	return failure{"Invalid Syntax : " + e.Message, "InvalidSyntax"}
}

// fields resolves the fields of an operation, one after the other. The rows are brought up to date
// once for a document, before its first field.
func (l *List) fields(op *ast.OperationDefinition, vars map[string]any) (wire.Object, error) {
	if !l.mayView {
		return nil, failure{"Missing UAM view permissions", "ExecutionAborted"}
	}
	l.sync()
	resolvers := map[string]func(*List, map[string]any) (any, error){
		"alerts": alerts, "alert": alert, "alertNotes": alertNotes, "addAlertNote": addAlertNote, "alertTriggerActions": triggerActions,
	}
	out := wire.Object{}
	for _, s := range op.SelectionSet {
		f, ok := s.(*ast.Field)
		if !ok || resolvers[f.Name] == nil {
			return nil, fetching("Not supported")
		}
		value, err := resolvers[f.Name](l, f.ArgumentMap(vars))
		if err != nil {
			return nil, err
		}
		out[f.Alias] = selected(value, f.SelectionSet)
	}
	return out, nil
}

// selected is of a value what was selected.
func selected(value any, set ast.SelectionSet) any {
	switch v := value.(type) {
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = selected(v[i], set)
		}
		return list
	case wire.Object:
		if len(set) == 0 {
			return v
		}
		out := wire.Object{}
		pick(out, v, set)
		return out
	}
	return value
}

// A fragment is for a type: what has no type of its own takes any, since only the union of a
// mutation's answer has names here.
func pick(out, v wire.Object, set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			value := v[s.Name]
			if assets, _ := v["assets"].([]any); s.Name == "asset" && value == nil && len(assets) > 0 {
				value = assets[0] // the deprecated field is the first of the list
			}
			out[s.Alias] = selected(value, s.SelectionSet)
		case *ast.InlineFragment:
			if kind := v["__typename"]; kind == nil || s.TypeCondition == kind {
				pick(out, v, s.SelectionSet)
			}
		case *ast.FragmentSpread:
			if kind := v["__typename"]; kind == nil || s.Definition.TypeCondition == kind {
				pick(out, v, s.Definition.SelectionSet)
			}
		}
	}
}

func alerts(l *List, args map[string]any) (any, error) {
	rows, err := l.choose(args)
	if err != nil {
		return nil, err
	}
	return page(rows, args)
}

// An alert that is not there is an error beside null data, not a 404.
func alert(l *List, args map[string]any) (any, error) {
	o := l.rows.Get(wire.Plain(args["id"]))
	if o == nil {
		return nil, fetching("Exception while fetching data (/alert) : Required value was null.")
	}
	return o, nil
}

// alertNotes of an alert that is not there is an empty list (inferred).
func alertNotes(l *List, args map[string]any) (any, error) {
	return wire.Object{"data": l.notesOn(wire.Plain(args["alertId"]))}, nil
}

// notesOn is never null, for clients range over it.
func (l *List) notesOn(id string) []any {
	if l.notes[id] == nil {
		return []any{}
	}
	return l.notes[id]
}
