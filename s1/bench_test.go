package s1_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
	"s1bot/s1/pages"
)

// thousandAgents is a full page, the largest that the console sends.
func thousandAgents() []byte {
	var b strings.Builder
	b.WriteString(`{"data":[`)
	for i := range 1000 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"18451747604703%05d","uuid":"a2f4603d-c9e2-d7a2-bec2-0d646f3b%04d","computerName":"DESKTOP-%d","osName":"Windows 11 Pro",
			"osType":"windows","machineType":"desktop","agentVersion":"23.4.4.223","isActive":true,"isDecommissioned":false,"infected":false,
			"activeThreats":%d,"networkStatus":"connected","licenseKey":"","lastLoggedInUserName":"jdoe","externalIp":"203.0.113.9",
			"lastActiveDate":"2026-11-20T21:34:28.032981Z","siteId":"1392053568582758390","siteName":"Paris","groupId":"1392053568591146999",
			"groupName":"Workstations","networkInterfaces":[{"id":"1845174760470303883","name":"Ethernet","inet":["10.0.%d.%d"],"inet6":[],
			"physical":"00:00:5E:00:53:00"}],"tags":{"sentinelone":[]},"userActionsNeeded":[],"createdAt":"2026-01-21T20:32:52.290978Z",
			"updatedAt":"2026-11-20T21:35:35.986596Z"}`, i, i, i, i%3, i/250, i%250)
	}
	b.WriteString(`],"pagination":{"totalItems":1000,"nextCursor":null}}`)
	return []byte(b.String())
}

// BenchmarkThousandAgents compares reading a page with the least that it could cost: encoding/json into the same structs,
// without keeping rows, hiding secrets, or putting up with odd fields.
func BenchmarkThousandAgents(b *testing.B) {
	body := thousandAgents()
	b.Run("plain", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			var page struct{ Data []s1.Agent }
			require.NoError(b, json.Unmarshal(body, &page))
		}
	})
	b.Run("page", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			page, err := pages.ReadPage[s1.Agent](body, "")
			require.NoError(b, err)
			require.Len(b, page.Items, 1000)
		}
	})
	b.Run("odd fields", func(b *testing.B) {
		odd := []byte(strings.ReplaceAll(string(body), `"isActive":true`, `"isActive":"true"`))
		b.SetBytes(int64(len(odd)))
		b.ReportAllocs()
		for b.Loop() {
			_, err := pages.ReadPage[s1.Agent](odd, "")
			require.NoError(b, err)
		}
	})
	b.Run("client", func(b *testing.B) {
		client, err := s1.New(s1.Config{BaseURL: "https://console.test", Token: s1.NewSecret(consoletest.TestToken), Sleep: func(context.Context, time.Duration) error { return nil },
			HTTPClient: &http.Client{
				Transport: consoletest.RoundTripper(func(*http.Request) (*http.Response, error) { return consoletest.Response(200, string(body)), nil })}})
		require.NoError(b, err)
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			agents, err := s1.Collect(client.Agents(b.Context(), nil))
			require.NoError(b, err)
			require.Len(b, agents, 1000)
		}
	})
}
