package s1sim

import (
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// servePage shows the object that a link into the console is about. The real console shows much
// more; a demo needs a place where "open in console" leads to.
func (c *Console) servePage(w http.ResponseWriter, r *http.Request) {
	query, _ := url.QueryUnescape(r.URL.RawQuery)
	v := c.linked(r.URL.Path + " " + query)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	if v.Kind == "" {
		w.WriteHeader(http.StatusNotFound)
		v.Kind = "Nothing"
	}
	_ = pageTemplate.Execute(w, v) // the browser may be gone
}

type shown struct{ Kind, Name, JSON string }

// linked finds the object whose id stands in an address, wherever in it the console of the day puts
// ids.
func (c *Console) linked(address string) shown {
	defer c.Look()()
	kinds := []struct {
		kind, name string
		list       *store.Collection
	}{
		{"Threat", "threatInfo.threatName", &c.ThreatRows}, {"Alert", "ruleInfo.name", &c.AlertRows}, {"Endpoint", "computerName", &c.AgentRows},
		{"Site", "name", &c.SiteRows}, {"Account", "name", &c.AccountRows}, {"Group", "name", &c.GroupRows},
		{"Rule", "name", &c.RuleRows}, {"Exclusion", "value", &c.ExclusionRows}, {"Blocked hash", "value", &c.BlockedRows},
	}
	for _, part := range strings.FieldsFunc(address, func(r rune) bool { return r < '0' || r > '9' }) {
		for _, k := range kinds {
			if o := k.list.Get(part); o != nil {
				b, _ := json.MarshalIndent(withoutSecrets(o), "", "  ")
				return shown{k.kind, wire.Text(o, k.name), string(b)}
			}
		}
	}
	return shown{}
}

// withoutSecrets keeps from a page what the API shows to whoever has a token: a page needs none.
func withoutSecrets(o wire.Object) wire.Object {
	o = wire.Clone(o).(wire.Object)
	delete(o, "registrationToken")
	delete(o, "licenseKey")
	return o
}

var pageTemplate = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Kind}} {{.Name}} · simulated console</title>
<style>body{font:15px/1.5 system-ui,sans-serif;margin:0;background:#f6f5fb;color:#221d3a}
header{background:#3a1d8a;color:#fff;padding:.8rem 1.5rem;font-weight:600}main{padding:1rem 1.5rem}
pre{background:#fff;border:1px solid #dcd8ea;border-radius:8px;padding:1rem;overflow:auto}</style></head>
<body><header>Simulated console</header><main><h1>{{.Kind}} {{.Name}}</h1>
{{if .JSON}}<pre>{{.JSON}}</pre>{{else}}<p>There is nothing at this address.</p>{{end}}</main></body></html>
`))
