package api

import "net/http"

type replays struct{}

func newReplays() *replays { return &replays{} }

func national() []route { return nil }

func (s *server) serveSigned(route, http.ResponseWriter, *http.Request) {}
