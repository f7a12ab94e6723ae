package policyfile

import (
	"fmt"
	"slices"
)

// A Console is one of several, as the file has it. Its token is not in the file, which people read
// and keep in a repository.
type Console struct {
	Name, URL, TokenFile string
	Version              string   // of the API's paths; empty for the usual one
	Channels             []string // where it is the default
	Threats, Alerts      string   // channels of its feeds; empty for those of the settings
}

// consoles are those of the file. Names and default channels must tell them apart: what fits two
// consoles would be guessed.
func (r *reader) consoles(entries []console) (all []Console) {
	for i, e := range entries {
		at := fmt.Sprintf("consoles/%d", i)
		for key, value := range map[string]string{"name": string(e.Name), "url": string(e.URL), "token_file": string(e.Token)} {
			if value == "" && !r.has(at+"/"+key) {
				r.bad(at, "a console has a name, a url and a token_file; this one has no %s", key)
			}
		}
		c := Console{Name: string(e.Name), URL: string(e.URL), TokenFile: string(e.Token), Version: string(e.Version),
			Channels: e.Channels.strings(), Threats: string(e.Threats), Alerts: string(e.Alerts)}
		for _, other := range all {
			if c.Name != "" && other.Name == c.Name {
				r.bad(at+"/name", "name: another console is already called %q", c.Name)
			}
			for _, channel := range c.Channels {
				if slices.Contains(other.Channels, channel) {
					r.bad(at+"/channels", "channels: %s already defaults to %s; a channel can have only one default console", channel, other.Name)
				}
			}
		}
		all = append(all, c)
	}
	return all
}
