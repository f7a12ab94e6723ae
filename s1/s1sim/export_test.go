package s1sim

// A KeyRule is what the console asks of one key of a filter, as the vendor's table writes it.
type KeyRule struct {
	Type     string
	List     bool
	Min, Max int
	Enum     []string
}

// FilterKeys shows the tables to the test that compares them with the vendor's.
func FilterKeys() map[string]map[string]KeyRule {
	out := map[string]map[string]KeyRule{}
	for name, table := range map[string]keys{"threats": threatKeys(), "agents": agentKeys(), "alerts": alertKeys()} {
		out[name] = map[string]KeyRule{}
		for k, v := range table {
			out[name][k] = KeyRule{Type: wireType(v), List: v.list, Min: v.min, Max: v.max, Enum: v.enum}
		}
	}
	return out
}

// wireType is the JSON type of a key's values. A range is a text, whatever it is a range of.
func wireType(k key) string {
	switch {
	case k.op == between:
		return "string"
	case k.kind == ident || k.kind == moment || k.kind == version:
		return "string"
	}
	return string(k.kind)
}
