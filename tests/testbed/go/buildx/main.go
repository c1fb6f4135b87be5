// The real buildx, as a plugin of Docker's client, with the one driver that the engine's own BuildKit needs: the
// others, and the policies of later versions, make it take twice as long to build.
package main

import (
	"fmt"
	"os"

	"github.com/docker/buildx/commands"
	_ "github.com/docker/buildx/driver/docker"
	"github.com/docker/buildx/version"
	"github.com/docker/cli/cli-plugins/metadata"
	"github.com/docker/cli/cli-plugins/plugin"
	"github.com/docker/cli/cli/command"
	"github.com/moby/buildkit/solver/errdefs"
)

func main() {
	cli, err := command.NewDockerCli()
	if err != nil {
		fmt.Fprintln(os.Stderr, "ERROR:", err)
		os.Exit(1)
	}
	about := metadata.Metadata{SchemaVersion: "0.1.0", Vendor: "Docker Inc.", Version: version.Version}
	if err := plugin.RunPlugin(cli, commands.NewRootCmd("buildx", true, cli), about); err != nil {
		for _, source := range errdefs.Sources(err) {
			source.Print(cli.Err())
		}
		fmt.Fprintln(cli.Err(), "ERROR:", err)
		os.Exit(1)
	}
}
