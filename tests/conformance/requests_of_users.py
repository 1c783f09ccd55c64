"""Requests as users of each generation of the API write them: the smallest cluster there is, HDFS on one core node."""

SOFTWARE = ["hdfs-3.5.0"]


def create_instance(name: str) -> dict:
    resource = {"Spec": "CVM.S6", "StorageType": 5, "DiskType": "CLOUD_PREMIUM", "MemSize": 1024, "Cpu": 1, "DiskSize": 4}
    return {
        "ProductId": 500, "Software": SOFTWARE, "SupportHA": 0, "InstanceName": name, "PayMode": 0, "TimeSpan": 3600, "TimeUnit": "s",
        "LoginSettings": {"Password": "Tusker@2026x"}, "Tags": [{"TagKey": "made-by", "TagValue": name}],
        "ResourceSpec": {"MasterCount": 1, "MasterResourceSpec": resource, "CoreCount": 1, "CoreResourceSpec": resource},
    }


def create_cluster(name: str) -> dict:
    def spec(*roles: str) -> dict:
        return {
            "InstanceType": "S6.SMALL1", "SystemDisk": [{"Count": 1, "DiskType": "CLOUD_PREMIUM", "DiskSize": 50}],
            "DataDisk": [{"Count": 1, "DiskType": "CLOUD_SSD", "DiskSize": 4}],
            "SoftwareConfig": [{"SoftwareName": "HDFS-3.5.0", "Roles": list(roles)}],
        }

    return {
        "ProductVersion": "EMR-V5.0.0", "EnableSupportHAFlag": False, "InstanceName": name, "InstanceChargeType": "POSTPAID_BY_HOUR",
        "LoginSettings": {"Password": "Tusker@2026x"}, "Tags": [{"TagKey": "made-by", "TagValue": name}],
        "SceneSoftwareConfig": {"SceneName": "Hadoop-Default", "Software": ["HDFS-3.5.0"]},
        "ZoneResourceConfiguration": [{
            "VirtualPrivateCloud": {"VpcId": "vpc-11111111", "SubnetId": "subnet-22222222"}, "Placement": {"Zone": "local-1"},
            "AllNodeResourceSpec": {
                "MasterCount": 1, "MasterResourceSpec": spec("NameNode"), "CoreCount": 1, "CoreResourceSpec": spec("DataNode")},
        }],
    }


def add_tag(cluster_id: str, key: str, value: str) -> dict:
    return {
        "ModifyType": "Cluster",
        "ModifyResourceTagsInfoList": [{
            "ResourceId": cluster_id, "Resource": f"qcs::emr:local:uin/:emr-instance/{cluster_id}", "ResourcePrefix": "emr-instance",
            "ResourceRegion": "local", "ServiceType": "emr", "AddTags": [{"TagKey": key, "TagValue": value}]}],
    }
