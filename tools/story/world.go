package main

import (
	"context"
	"errors"

	"vanthu/internal/story"
)

// startWorld makes the world of one story in dir; the function it returns ends it.
var startWorld = func(ctx context.Context, dir string) (story.World, func(), error) {
	return nil, nil, errors.New("tỉnh Mẫu chưa có trong bản dựng này")
}
