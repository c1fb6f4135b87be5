module pipelinekit.dev/tests/draft-classic

go 1.23

require (
	github.com/Azure/draft v0.16.0
	github.com/BurntSushi/toml v0.3.1
	k8s.io/helm v2.9.1+incompatible
)

require (
	github.com/Masterminds/semver v1.5.0 // indirect
	github.com/ghodss/yaml v1.0.0 // indirect
	github.com/gobwas/glob v0.2.3 // indirect
	github.com/golang/protobuf v1.5.3 // indirect
	github.com/stretchr/testify v1.8.4 // indirect
	github.com/technosophos/moniker v0.0.0-00010101000000-000000000000 // indirect
	google.golang.org/protobuf v1.26.0 // indirect
	gopkg.in/yaml.v2 v2.2.8 // indirect
	k8s.io/apimachinery v0.20.0 // indirect
)

replace github.com/technosophos/moniker => ./moniker
