package s1sim

import "s1bot/s1/s1sim/keys"

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
	c := New(Options{Empty: true, Agents: -1})
	for name, table := range map[string]keys.Table{"threats": threatKeys(c), "agents": agentKeys(c), "alerts": alertKeys(c)} {
		out[name] = map[string]KeyRule{}
		for k, v := range table {
			out[name][k] = KeyRule{Type: wireType(v), List: v.List, Min: v.Min, Max: v.Max, Enum: v.Enum}
		}
	}
	return out
}

// wireType is the JSON type of a key's values. A range is a text, whatever it is a range of.
func wireType(k keys.Key) string {
	switch {
	case k.Op == keys.Between:
		return "string"
	case k.Kind == keys.Ident || k.Kind == keys.Moment || k.Kind == keys.Version:
		return "string"
	}
	return string(k.Kind)
}
