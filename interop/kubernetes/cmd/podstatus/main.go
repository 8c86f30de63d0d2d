// Podstatus does what a scheduler and a kubelet would do, for a cluster whose only node is an object of the API: a pod
// is bound to the node, and runs and is ready at once; a pod that ends by itself has succeeded; a deleted pod is gone at
// once; a claim is bound. An image with the tag missing can't be pulled: its pods stay pending. Pods with the annotation
// interop/status: manual are left to whoever made them. Runs until it is stopped.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	manual = "interop/status"
	// Made by interop/kubernetes/cluster. Controllers list no address of a pod without a node.
	node = "interop"
)

type kubelet struct {
	ctx    context.Context
	client kubernetes.Interface
	pods   atomic.Uint32
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		log.Fatal(err)
	}
	config.QPS, config.Burst = 200, 400
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		log.Fatal(err)
	}
	k := &kubelet{ctx: ctx, client: client}
	factory := informers.NewSharedInformerFactory(client, 0)
	watch(factory.Core().V1().Pods().Informer(), k.sync)
	watch(factory.Core().V1().PersistentVolumeClaims().Informer(), k.bind)
	factory.Start(ctx.Done())
	<-ctx.Done()
}

func watch[T any](informer cache.SharedIndexInformer, write func(T) error) {
	handle := func(object any) {
		if err := write(object.(T)); err != nil && !errors.IsNotFound(err) && !errors.IsConflict(err) {
			log.Print(err)
		}
	}
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    handle,
		UpdateFunc: func(_, object any) { handle(object) },
	})
	if err != nil {
		log.Fatal(err)
	}
}

// Each step changes the pod, which leads to the next one.
func (k *kubelet) sync(pod *core.Pod) error {
	switch {
	case pod.Annotations[manual] == "manual":
		return nil
	case pod.DeletionTimestamp != nil:
		return k.end(pod)
	case pod.Spec.NodeName == "":
		return k.schedule(pod)
	case pod.Status.Phase == core.PodPending && !isMissing(pod):
		return k.run(pod)
	}
	return nil
}

func (k *kubelet) schedule(pod *core.Pod) error {
	binding := &core.Binding{
		ObjectMeta: meta.ObjectMeta{Name: pod.Name, UID: pod.UID},
		Target:     core.ObjectReference{Kind: "Node", Name: node},
	}
	return k.client.CoreV1().Pods(pod.Namespace).Bind(k.ctx, binding, meta.CreateOptions{})
}

// The API server waits for the kubelet of a pod that has a node. A pod with finalizers is still there afterwards.
func (k *kubelet) end(pod *core.Pod) error {
	if *pod.DeletionGracePeriodSeconds == 0 {
		return nil
	}
	options := meta.NewDeleteOptions(0)
	options.Preconditions = meta.NewUIDPreconditions(string(pod.UID))
	return k.client.CoreV1().Pods(pod.Namespace).Delete(k.ctx, pod.Name, *options)
}

func (k *kubelet) run(pod *core.Pod) error {
	started := pod.DeepCopy()
	n := k.pods.Add(1)
	started.Status.PodIP = fmt.Sprintf("10.244.%d.%d", n>>8&0xff, n&0xff)
	started.Status.PodIPs = []core.PodIP{{IP: started.Status.PodIP}}
	ends := pod.Spec.RestartPolicy != core.RestartPolicyAlways
	started.Status.Phase = core.PodRunning
	if ends {
		started.Status.Phase = core.PodSucceeded
	}
	now := meta.Now()
	started.Status.StartTime = &now
	for _, kind := range []core.PodConditionType{core.PodScheduled, core.PodInitialized, core.ContainersReady, core.PodReady} {
		status := core.ConditionTrue
		if ends && (kind == core.ContainersReady || kind == core.PodReady) {
			status = core.ConditionFalse
		}
		started.Status.Conditions = append(started.Status.Conditions,
			core.PodCondition{Type: kind, Status: status, LastTransitionTime: now})
	}
	_, err := k.client.CoreV1().Pods(pod.Namespace).UpdateStatus(k.ctx, started, meta.UpdateOptions{})
	return err
}

func isMissing(pod *core.Pod) bool {
	return slices.ContainsFunc(pod.Spec.Containers, func(container core.Container) bool {
		return strings.HasSuffix(container.Image, ":missing")
	})
}

func (k *kubelet) bind(claim *core.PersistentVolumeClaim) error {
	if claim.Status.Phase == core.ClaimBound || claim.DeletionTimestamp != nil {
		return nil
	}
	bound := claim.DeepCopy()
	bound.Status.Phase = core.ClaimBound
	_, err := k.client.CoreV1().PersistentVolumeClaims(claim.Namespace).UpdateStatus(k.ctx, bound, meta.UpdateOptions{})
	return err
}
