"""A small network in plain TensorFlow: the training loop of Keras 3 fails with strategies for several processes."""
import tensorflow as tf

from spirals import CLASSES

SIZES = [2, 48, 48, CLASSES]


def make_weights(seed):
    """Call it in a strategy's scope: the strategy then decides where the variables live. Equal seeds, equal weights."""
    weights = []
    for layer, (fan_in, fan_out) in enumerate(zip(SIZES, SIZES[1:])):
        start = tf.random.stateless_normal([fan_in, fan_out], seed=[seed, layer]) * (2.0 / fan_in) ** 0.5
        weights.append(tf.Variable(start, name=f"kernel{layer}"))
        weights.append(tf.Variable(tf.zeros([fan_out]), name=f"bias{layer}"))
    return weights


def guess(weights, points):
    """Returns a score for each spiral."""
    layers = list(zip(weights[::2], weights[1::2]))
    for kernel, bias in layers[:-1]:
        points = tf.nn.relu(points @ kernel + bias)
    kernel, bias = layers[-1]
    return points @ kernel + bias


def loss_of(scores, labels):
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=scores))


def accuracy_of(scores, labels):
    return tf.reduce_mean(tf.cast(tf.equal(tf.argmax(scores, axis=1, output_type=labels.dtype), labels), tf.float32))
