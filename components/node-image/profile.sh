# For login shells in a node; roles and tasks get their environment from the cluster.
export JAVA_HOME=/usr/lib/jvm/default
export HADOOP_CONF_DIR=/etc/tusker/current
