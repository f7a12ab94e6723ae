package eventql

import (
	"errors"
	"regexp"
	"slices"
	"strings"
)

// errSyntax says no more than the service does.
var errSyntax = errors.New("could not parse query")

// fieldNames are the fields of both languages that the console knows, in lower case, and the field
// of an event that each means. The service has several hundred; these are the ones that people hunt
// with.
func fieldNames() map[string]string {
	names := map[string]string{}
	for line := range strings.Lines(`
		agentname endpointname endpoint.name agent.name = agentName
		agentuuid agent.uuid = agentUuid
		agentid agent.id = agentId
		agentos endpointos endpoint.os agent.os = agentOs
		siteid site.id = siteId
		sitename site.name = siteName
		accountid account.id = accountId
		eventtype event.type = eventType
		objecttype event.category = objectType
		createdat eventtime event.time = eventTime
		processname srcprocname tgtprocname src.process.name tgt.process.name = processName
		processimagepath srcprocimagepath tgtprocimagepath src.process.image.path tgt.process.image.path = processImagePath
		processcmd srcproccmdline tgtproccmdline src.process.cmdline tgt.process.cmdline = processCmd
		parentprocessname srcprocparentname src.process.parent.name = parentProcessName
		pid srcprocpid src.process.pid = pid
		user username srcprocuser src.process.user = user
		storyline storylineid truecontext srcprocstorylineid src.process.storyline.id = storyline
		filefullname filepath tgtfilepath tgt.file.path = fileFullName
		sha1 filesha1 tgtfilesha1 tgt.file.sha1 = fileSha1
		sha256 tgtfilesha256 tgt.file.sha256 = fileSha256
		tgtprocsha1 tgt.process.image.sha1 = processSha1
		tgtprocsha256 tgt.process.image.sha256 = processSha256
		md5 tgtprocmd5 tgt.process.image.md5 = processMd5
		modulemd5 module.md5 = moduleMd5
		srcip src.ip.address = srcIp
		dstip dst.ip.address = dstIp
		dstport dst.port.number = dstPort
		dns dnsrequest event.dns.request = dnsRequest
		dnsresponse event.dns.response = dnsResponse
		url networkurl url.address = networkUrl
		registrypath registrykeypath registry.keypath = registryPath
		taskname task.name = taskName
		indicatorname indicator.name = indicatorName
		relatedtothreat = relatedToThreat`) {
		if spelled, key, ok := strings.Cut(strings.TrimSpace(line), " = "); ok {
			for name := range strings.FieldsSeq(spelled) {
				names[name] = key
			}
		}
	}
	return names
}

var tokens = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|!=|<>|<=|>=|==|[=<>(),|!]|[^\s=<>!(),|"']+`)

// tokenize cuts a query into words, quoted texts and signs; what is none of them is no query.
func tokenize(query string) ([]string, error) {
	if strings.TrimSpace(tokens.ReplaceAllString(query, "")) != "" {
		return nil, errSyntax
	}
	return tokens.FindAllString(query, -1), nil
}

// A condition parser reads field-operator-value terms joined by AND, OR, NOT and brackets. NOT
// binds closest, then AND, then OR. The service wants brackets where both stand side by side; that
// it refuses such a query is left out here.
type conditions struct {
	rest   []string
	fields map[string]string
}

// ParseOne returns the test that a query in S1QL 1.0 makes of an event.
func ParseOne(query string) (func(map[string]any) bool, error) {
	list, err := tokenize(query)
	if err != nil {
		return nil, err
	}
	return Conditions(list)
}

// Conditions is the Parser of Deep Visibility.
func Conditions(list []string) (func(object) bool, error) {
	p := &conditions{rest: list, fields: fieldNames()}
	test, err := p.either()
	if err == nil && len(p.rest) > 0 {
		err = errSyntax
	}
	return test, err
}

// word takes the next token if it is one of the words.
func (p *conditions) word(words ...string) bool {
	if len(p.rest) < len(words) {
		return false
	}
	for i, w := range words {
		if !strings.EqualFold(p.rest[i], w) {
			return false
		}
	}
	p.rest = p.rest[len(words):]
	return true
}

// either is terms with OR between them.
func (p *conditions) either() (func(object) bool, error) {
	return chain(p.both, func() bool { return p.word("OR") }, func(a, b bool) bool { return a || b })
}

// both is terms with AND between them.
func (p *conditions) both() (func(object) bool, error) {
	return chain(p.single, func() bool { return p.word("AND") }, func(a, b bool) bool { return a && b })
}

// chain reads terms for as long as more says that another one follows, and joins what they say of
// an event.
func chain(term func() (func(object) bool, error), more func() bool, join func(a, b bool) bool) (func(object) bool, error) {
	test, err := term()
	for err == nil && more() {
		var other func(object) bool
		other, err = term()
		one := test
		test = func(o object) bool { return join(one(o), other(o)) }
	}
	return test, err
}

// single is one term, one in brackets, or one of the two turned around.
func (p *conditions) single() (func(object) bool, error) {
	switch {
	case p.word("NOT"):
		test, err := p.single()
		return func(o object) bool { return !test(o) }, err
	case p.word("("):
		test, err := p.either()
		if err == nil && !p.word(")") {
			err = errSyntax
		}
		return test, err
	}
	return p.comparison()
}

// comparison reads one term.
func (p *conditions) comparison() (func(object) bool, error) {
	if len(p.rest) == 0 {
		return nil, errSyntax
	}
	path, known := p.fields[strings.ToLower(strings.TrimPrefix(p.rest[0], "#"))]
	if !known {
		return nil, errSyntax
	}
	p.rest = p.rest[1:]
	is := func(test func(string) bool) func(object) bool {
		return func(o object) bool { return test(text(o, path)) }
	}
	switch {
	case p.word("IS", "NOT", "EMPTY"), p.word("EXISTS"), p.word("=", "*"):
		return is(func(s string) bool { return s != "" }), nil
	case p.word("IS", "EMPTY"):
		return is(func(s string) bool { return s == "" }), nil
	}
	match, err := p.operator()
	if err != nil {
		return nil, err
	}
	values, err := p.values()
	return is(func(s string) bool {
		return slices.ContainsFunc(values, func(v string) bool { return match(s, v) })
	}), err
}

// operator reads what compares. Those named CIS or Anycase take upper and lower case as the same,
// all others tell them apart. The vendor's list says so by the names alone; the public converters to
// 2.0 (pySigma's backend, the vendor's own) agree: Contains is contains:matchcase there, ContainsCIS
// contains, and what is equal in any case is written In Anycase, not =.
func (p *conditions) operator() (func(have, want string) bool, error) {
	fold := func(f func(a, b string) bool) func(string, string) bool {
		return func(a, b string) bool { return f(strings.ToLower(a), strings.ToLower(b)) }
	}
	equal := func(a, b string) bool { return a == b }
	switch {
	case p.word("=="), p.word("="):
		return equal, nil
	case p.word("!="), p.word("<>"):
		return func(a, b string) bool { return a != b }, nil
	case p.word("IN", "CONTAINS", "ANYCASE"), p.word("CONTAINS", "ANYCASE"), p.word("CONTAINSCIS"):
		return fold(strings.Contains), nil
	case p.word("CONTAINS"), p.word("IN", "CONTAINS"):
		return strings.Contains, nil
	case p.word("STARTSWITH", "ANYCASE"), p.word("STARTSWITHCIS"):
		return fold(strings.HasPrefix), nil
	case p.word("STARTSWITH"):
		return strings.HasPrefix, nil
	case p.word("ENDSWITH", "ANYCASE"), p.word("ENDSWITHCIS"):
		return fold(strings.HasSuffix), nil
	case p.word("ENDSWITH"):
		return strings.HasSuffix, nil
	case p.word("IN", "ANYCASE"):
		return strings.EqualFold, nil
	case p.word("IN"):
		return equal, nil
	}
	return nil, errSyntax
}

// values reads one value, or several in brackets.
func (p *conditions) values() ([]string, error) {
	if !p.word("(") {
		v, err := p.value()
		return []string{v}, err
	}
	return listed(p.value, func(w string) bool { return p.word(w) }, func() error { return errSyntax })
}

// listed reads what stands behind an opening bracket: values with commas between them, and the closing one.
func listed(value func() (string, error), word func(string) bool, wrong func() error) ([]string, error) {
	var values []string
	for {
		v, err := value()
		values = append(values, v)
		switch {
		case err != nil:
			return nil, err
		case word(")"):
			return values, nil
		case !word(","):
			return nil, wrong()
		}
	}
}

// A doubled backslash is one. A single one stays what it is, where the service refuses the query.
func (p *conditions) value() (string, error) {
	if len(p.rest) == 0 || strings.ContainsAny(p.rest[0][:1], "=<>!(),|") {
		return "", errSyntax
	}
	v := p.rest[0]
	p.rest = p.rest[1:]
	if v[0] == '"' || v[0] == '\'' {
		v = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\'`, `'`).Replace(v[1 : len(v)-1])
	}
	return v, nil
}
