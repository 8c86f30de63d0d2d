// Command stubs generates Go stubs from .proto files, in pure Go: protocompile parses them, and the
// two usual plugins, in the versions of go.mod, write the code.
//
//	go run ./stubs PROTO_ROOT OUTPUT
//
// Each file, such as order/v1/order.proto, becomes a package of its own: gen/order/v1, named orderv1.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"
)

const module = "dev.platform/interop/gen"

var plugins = []string{"protoc-gen-go", "protoc-gen-go-grpc"}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: stubs PROTO_ROOT OUTPUT")
	}
	if err := generate(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func generate(root, output string) error {
	names, err := protoFiles(root)
	if err != nil {
		return err
	}
	request, err := compile(root, names)
	if err != nil {
		return err
	}
	for _, plugin := range plugins {
		if err := run(plugin, request, output); err != nil {
			return fmt.Errorf("%s: %w", plugin, err)
		}
	}
	return nil
}

func protoFiles(root string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(file) != ".proto" {
			return err
		}
		name, err := filepath.Rel(root, file)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("%s: no .proto file", root)
	}
	sort.Strings(names)
	return names, err
}

func compile(root string, names []string) (*pluginpb.CodeGeneratorRequest, error) {
	compiler := protocompile.Compiler{
		Resolver: protocompile.WithStandardImports(
			&protocompile.SourceResolver{ImportPaths: []string{root}}),
		SourceInfoMode: protocompile.SourceInfoStandard,
	}
	files, err := compiler.Compile(context.Background(), names...)
	if err != nil {
		return nil, err
	}
	parameters := []string{"paths=source_relative"}
	for _, name := range names {
		parameters = append(parameters, fmt.Sprintf("M%s=%s", name, goPackage(name)))
	}
	request := &pluginpb.CodeGeneratorRequest{
		FileToGenerate: names,
		Parameter:      proto.String(strings.Join(parameters, ",")),
	}
	added := map[string]bool{}
	for _, file := range files {
		request.ProtoFile = add(request.ProtoFile, file, added)
	}
	return request, nil
}

// add appends a file after all files that it imports, as plugins expect them.
func add(all []*descriptorpb.FileDescriptorProto, file protoreflect.FileDescriptor,
	added map[string]bool) []*descriptorpb.FileDescriptorProto {
	if added[file.Path()] {
		return all
	}
	added[file.Path()] = true
	for i := range file.Imports().Len() {
		all = add(all, file.Imports().Get(i).FileDescriptor, added)
	}
	return append(all, protodesc.ToFileDescriptorProto(file))
}

// goPackage of order/v1/order.proto is dev.platform/interop/gen/order/v1;orderv1.
func goPackage(name string) string {
	folder := path.Dir(name)
	return fmt.Sprintf("%s/%s;%s", module, folder, strings.ReplaceAll(folder, "/", ""))
}

func run(plugin string, request *pluginpb.CodeGeneratorRequest, output string) error {
	input, err := proto.Marshal(request)
	if err != nil {
		return err
	}
	var answer bytes.Buffer
	command := exec.Command("go", "tool", plugin)
	command.Stdin = bytes.NewReader(input)
	command.Stdout = &answer
	command.Stderr = os.Stderr
	if err := command.Run(); err != nil {
		return err
	}
	response := &pluginpb.CodeGeneratorResponse{}
	if err := proto.Unmarshal(answer.Bytes(), response); err != nil {
		return err
	}
	if response.Error != nil {
		return fmt.Errorf("%s", response.GetError())
	}
	for _, file := range response.File {
		target := filepath.Join(output, filepath.FromSlash(file.GetName()))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, []byte(file.GetContent()), 0o644); err != nil {
			return err
		}
	}
	return nil
}
